"""The visitors' door: what the script on a customer's page asks of us, from any site.

Everything may arrive twice, late, huge or forged. Owns who may come in and how fast; what is
said is kept by channels as any delivery is, and stands in the conversation by webchat.
"""
