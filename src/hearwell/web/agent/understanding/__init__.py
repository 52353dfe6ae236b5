"""How well messages are understood, what was not shown, and where people teach it."""
