"""Scheduled reports: a report sent by e-mail, once for every period that has just ended.

Owns orders, each letter of one period to one reader, and who stopped them. The reports themselves
are registered by the screens (`kinds`); what cannot be sent is said on the page and never sent
twice by itself. Refuses to reckon any figure.
"""
