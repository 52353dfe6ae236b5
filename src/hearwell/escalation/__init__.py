"""Escalation: whose a grave case is by when, and what is done about it while many speak of it.

Owns paths, escalations, incidents with their log, statements, tasks and reviews, and what a
workspace chose. Refuses to answer a customer, to delete what anybody said, and to leave anything
with nobody: at the end of each path stand the workspace's owners.
"""
