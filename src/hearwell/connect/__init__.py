"""The connector contract: what a network must be able to do for Hearwell, in pure Python.

Owns the shapes that cross it (raw deliveries, inbound items, drafts, answers), the failures, the
text rules, the registry of connectors and the conformance suite that every connector passes.
Refuses Django, storage, retries, sleeping, logging and any knowledge of a particular network.
"""
