"""LinkedIn Pages: comments below a Page's posts and mentions of it, by webhook and by asking.

Owns nothing; translates. By contract: it has never spoken to the live network.
"""
