"""Promotions held back: who has asked us something that is not settled, so that nobody advertises.

The list is always worked out from the cases themselves. Owns HoldChoice (what a workspace chose)
and Feed, Told, Hold and Change: what other programs were told of the list, and what changed since.
Refuses to decide what a promotion is, to send one, and to say what anybody wrote.
"""
