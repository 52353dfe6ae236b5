"""How allauth behaves here: nobody signs themselves up; people come by invitation."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: the first owner comes by link, everybody else is invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False, always."""
        return False

    def save_user(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse, should a sign-up ever get this far."""
        message = "sign-up is closed"
        raise PermissionError(message)
