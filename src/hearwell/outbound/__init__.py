"""Outbound: one delivery state machine for everything posted in the brand's name.

Owns lanes, deliveries, their transitions, kill switches and the mark of the database instance.
Refuses to know a conversation, a case or a customer: a lane is an opaque id with a version.
Refuses a retrying job: an unknown outcome is read back from the network, never posted again.
"""
