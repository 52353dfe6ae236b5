"""Signing in by link, and a person's own settings."""
