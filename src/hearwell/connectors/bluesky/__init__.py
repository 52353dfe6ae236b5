"""Bluesky and every other server of the AT Protocol that carries the Bluesky app.

Owns the translation between XRPC, its records and the contract, and an in-process fake of it.
Refuses private messages (``chat.bsky``): they are a closed service, not part of the protocol.
"""
