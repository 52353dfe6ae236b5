"""Harbour's public pages, what people do on them, and the owner's control page."""
