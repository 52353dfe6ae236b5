"""Benchmarks: brands of an industry side by side, by one method, from public messages alone.

Owns the panels. Figures are counted by `reports`, by the same methods as everything else.
"""
