"""Reddit: replies, mentions and private messages of one account, and what subreddits say of us.

Owns nothing; translates. By contract: it has never spoken to the live network.
"""
