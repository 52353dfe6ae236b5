"""Pages of what becomes of it: after the contact, and the brand's health beside its sales."""
