"""YouTube: comments on a channel's videos, and our answers below them.

Owns the shapes of the Data API, its errors and its day of units. Refuses to keep, retry or wait.
"""
