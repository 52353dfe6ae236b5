"""One customer's data: what is held, their copy of it, the hold on it, and its end."""
