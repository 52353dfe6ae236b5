"""Events: the log of what happened, and who wants to know.

Owns DomainEvent, emit(), @on, the event table, the fan-out job and the notifier.
Refuses to change anything else: a step that must happen is called, never listened for.
Handlers are jobs of their own: at least once, in any order, so they are idempotent.
"""
