"""The verbs of Harbour: open and close it, speak, change, react, tell the brand, misbehave."""
