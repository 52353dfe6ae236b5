"""The desk as a whole: who is here, what waits, the next case."""
