"""Harbour's HTTP API, as a network offers one to the brands on it. See the connector's README."""
