"""Gateway: the machines' door. Webhooks in (verify, store, 200), live values out (SSE).

Owns no table and decides nothing about customers: it calls channels to keep and reads values.
Refuses to parse what it receives, to answer 200 before the commit, and to buffer without bound.
"""
