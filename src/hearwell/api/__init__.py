"""The API for programs: cases, messages, replies, under /api/v1, described by openapi.json.

Owns the tokens' way in, problem answers, rate limits and the memory of idempotency keys.
Refuses rules of its own: every act is a story of `inbox`, every read a query of the capability
that owns it, inside the scope of the token's workspace.
"""
