"""Promises and clocks: settings of how soon we answer whom."""
