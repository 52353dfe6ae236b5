"""Benchmarks: panels of brands, their leagues, and what can be published of them."""
