"""Watching: what others' public accounts say and are told, read again and again for comparisons.

Owns which accounts are watched and how far each was read. Refuses what is private, and to answer,
queue or clock anything: what is read is kept as history (`inbox.watched`), for as long as its
network allows.
"""
