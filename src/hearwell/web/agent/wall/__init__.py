"""The wallboard, and the links of screens that show it."""
