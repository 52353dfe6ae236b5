"""What Google's networks share: sign-in by OAuth2, one call, and what its refusals mean.

No connector of its own. It knows nothing of comments or reviews; those own their addresses.
"""
