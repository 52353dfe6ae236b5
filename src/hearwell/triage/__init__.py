"""Triage: what a message is and what it asks of us.

Owns Verdict (duty, kind, urgency, and why) and Correction (a person knows better).
Refuses to be silent when in doubt: what is unclear is given to a person.
"""
