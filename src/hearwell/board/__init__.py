"""The status board: what holds at this hour, said once and known everywhere at once.

Owns StatusUpdate, StatusVersion, StatusCase and StaffLink. Refuses to answer a customer, to change
what was said, and to show anything of a customer to whoever has only a link.
"""
