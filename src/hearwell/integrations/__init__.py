"""Outgoing webhooks: what happens in the house, told to other systems.

Owns Subscription, HookDelivery and Reading: who wants to know what, each notice that is to be sent
or was, and how far the event log has been read for them.
Refuses to decide anything and to know any network: it reads the event log, and nobody below may
import it.
"""
