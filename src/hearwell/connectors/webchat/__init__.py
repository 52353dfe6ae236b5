"""Our own web chat, seen as any other network: what visitors write in, what we answer out.

Owns the translation between the chat's envelopes and the contract. Refuses to know where a
conversation is kept (``connect.rooms``), who may write into it (``gateway.chat``), or Django.
"""
