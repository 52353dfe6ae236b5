"""`hearwell doctor`: looks at the house from outside and says what is wrong and what to do.

Each check is a generator of findings and survives the failure of every other.
"""
