"""Tools at the desk: what is known of the customer elsewhere, and what is done there."""
