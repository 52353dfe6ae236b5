"""Harbour, our own small network for demo and tests, seen as any other network: over HTTP.

Owns the translation between Harbour's API and the contract, and an in-process fake of it.
Refuses to know the sandbox's tables, Django, or anything that a real network would not tell us.
"""
