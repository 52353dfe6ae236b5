"""From facts to roll-ups and from roll-ups to figures.

`measures` says in SQL what each fact counts for, `tally` adds up, `sketches` holds times so that
they can be merged, `survival` counts those who still wait.
"""
