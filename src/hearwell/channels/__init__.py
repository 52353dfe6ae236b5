"""Channels: the accounts a brand is reachable on, and everything a network ever told us.

Owns connected accounts, sealed credentials, cursors, health, raw deliveries, parking and replay.
Refuses to know what a message means: it hands items to takers (channels.intake) in order.
No delivery is answered with 200 before its bytes are committed; none is dropped silently.
"""
