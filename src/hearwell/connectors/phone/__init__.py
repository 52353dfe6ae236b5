"""Telephone calls, as any switchboard tells of them by a call of its own.

Owns the documented fields, what proves them, and Twilio's own shape. Refuses to dial.
"""
