"""Personal data: what is held where and for how long, one person's copy of it, and its end.

Owns the tags of every column (held/), the export and the erasure that are made of them. It is the
one capability that writes other capabilities' tables: only its erasure, only columns tagged as a
customer's. Refuses: to erase under legal hold or while something is still on its way.
"""
