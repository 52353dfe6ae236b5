"""Kit: clock, ids, text, row scope, sealed bytes, safe HTTP, sweeps.

Owns what every capability needs and no product is about.
Refuses domain words: nothing here knows a customer, a case or a network.
"""
