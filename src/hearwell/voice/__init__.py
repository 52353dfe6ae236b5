"""Our own voice: what the brand itself says in public and to whom, counted and classified.

Owns people's corrections of a post's class, and how many followed our own accounts on which day.
It reads what all others keep, changes none of it, and asks nobody how many follow a customer.
"""
