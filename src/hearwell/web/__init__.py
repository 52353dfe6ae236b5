"""Screens for people: the agent's inbox, reports, settings, set-up and sign-in.

Owns templates, static files and how values are put into words and marks on a page.
Refuses to decide anything: it reads queries, calls one service per act, and holds no table,
no business rule and no state of its own beyond the session.
"""
