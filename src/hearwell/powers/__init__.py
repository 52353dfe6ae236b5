"""Powers: who may answer what alone, whose replies a second person reads first.

Owns ReviewRule and Review. Refuses to send anything: it says what is needed, inbox does it.
"""
