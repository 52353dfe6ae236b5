"""The verbs of the guard; the only writers of its table."""

from hearwell.guard.services.policies import BadPolicyError, Wanted, set_policy

__all__ = ["BadPolicyError", "Wanted", "set_policy"]
