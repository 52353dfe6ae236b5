"""Contacts: the people behind the messages, and who they are on each network.

Owns Contact, Identity (one person on one network) and the notes about a person.
Refuses to guess: two identities become one person only when somebody says so.
Knows no case, no message and no connected account of ours.
"""
