"""Telegram: a bot that customers write to, in private, in groups, or through a business account.

Owns the Bot API's updates, its errors and its counting. Refuses to keep, retry or wait.
"""
