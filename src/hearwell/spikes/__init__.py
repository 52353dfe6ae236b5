"""Spikes: that much more is said than usual, of what, by how many, and whether it is trouble.

Owns Tally, Stream, Spike and SpikeChoice: counts, what is usual, what was found, what was chosen.
Refuses to tell anybody (notifications listens) and to touch a case. What it finds, it says why.
"""
