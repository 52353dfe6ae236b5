"""OpenID Connect: another house says who somebody is. Owns: what is asked, checked and believed.

Refuses: to make accounts. OpenID Connect Core 1.0, code flow with PKCE (RFC 7636).
"""
