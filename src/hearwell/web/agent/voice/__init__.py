"""Our own voice on the screen: what we say, who comes back, how far service and marketing go."""
