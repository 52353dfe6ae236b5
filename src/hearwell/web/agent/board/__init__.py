"""The status board: what holds now, written by leads, used in cases, read at the front."""
