"""The pre-send guard: what is about to be sent is looked at once more, by the team's own rules.

Owns Policy. Looks at words and names what it found; whether something may go, and who let it go
all the same, the story of an answer decides (inbox).
"""
