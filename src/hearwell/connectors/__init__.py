"""One folder a network: leaves that know the contract and their network, never each other.

Owns nothing itself. Only ``config/wiring.py`` names the concrete connectors; everyone else asks
``connect.registry``.
"""
