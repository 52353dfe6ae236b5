"""Facebook Pages and Messenger: what people say on a Page, of it, and to it in private.

Owns nothing; translates. By contract: it has never spoken to the live network.
"""
