"""How a workspace teaches the engine: what it knows now, how that is measured and guarded.

Reads and pure parts only; what is written is written by ``triage.services``.
"""
