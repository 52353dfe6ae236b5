"""What becomes of it: people after a contact, and the brand's health beside its sales.

Owns what is imported for that: purchases, and series of figures by day, week or month. It refuses
to read what was private, or of whoever is erased or wants no messages; and to say why.
"""
