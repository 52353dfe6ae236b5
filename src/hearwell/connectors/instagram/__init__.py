"""Instagram professional accounts: comments, mentions, answers to stories, private messages.

Owns nothing; translates. By contract: it has never spoken to the live network.
"""
