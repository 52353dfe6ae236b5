"""Powers: who may answer and give what alone, and whose replies a second person reads first.

Owns ReviewRule, Review, RolePower, Purse and Grant. Refuses to send anything:
it says what is needed, inbox does it.
"""
