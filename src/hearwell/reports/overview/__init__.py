"""The service report: figures with their method, n and caveat, made of roll-ups.

`figure` is what a figure is, `figures` how each is reckoned, `report` puts them together.
"""
