"""The figures of the wallboard: what is so now, and how today went so far."""
