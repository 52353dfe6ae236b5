"""X: posts that mention, answer or quote an account, and its direct messages.

See ``README.md``.
"""
