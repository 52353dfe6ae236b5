"""Text messages, by an interface that speaks as Twilio's does.

Owns its webhooks, its signature, its errors and its segments. Refuses to keep, retry or wait.
"""
