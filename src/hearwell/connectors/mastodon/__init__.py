"""Mastodon and whatever speaks its API: any server, streams where there are, polls always.

Owns the translation between that API and the contract. Refuses to know Django, other networks, or
which of the servers is "the" one: what a server can do and how it counts is asked of the server.
"""
