"""The learned half of triage: features of a text, a linear model on them, what a workspace adds.

Pure: numpy and the standard library, no Django. ``judge`` is the door; the rest are its parts.
"""
