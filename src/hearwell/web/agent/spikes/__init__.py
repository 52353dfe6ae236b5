"""Spikes: what was found, why, and what a lead makes of it."""
