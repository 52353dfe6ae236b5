"""Feeds: what blogs, newsrooms, forums and app stores publish as RSS, Atom or JSON.

Owns polite fetching (robots, conditional requests, caps) and the reading of every dialect.
Refuses to answer: a feed is read, and what it tells of is answered on its own page.
"""
