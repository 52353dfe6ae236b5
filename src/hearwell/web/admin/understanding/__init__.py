"""Settings of understanding: when to act, to ask and to quiet; what was learned; topics."""
