"""Accounts: people, workspaces, roles, tokens and the audit trail.

Owns who somebody is, which workspace they belong to and what their role may do.
Refuses to know what the rights are used for: actions are plain words in rules.py.
"""
