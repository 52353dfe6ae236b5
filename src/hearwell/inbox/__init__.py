"""Inbox: the stories. What arrives becomes a case; what an agent does becomes an answer.

Owns the order of the steps: intake, reply, acts, handlers.
Refuses to own a table: every record belongs to the capability below that it calls.
"""
