"""How allauth behaves here: nobody signs themselves up; people come by invitation."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import translation

from hearwell.accounts.languages import language_at_home


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Sign-up is closed: the first owner comes by link, everybody else is invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False, always."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the person's language, else their workspace's, else as the browser wishes."""
        chosen = language_at_home(context.get("user"))
        with translation.override(chosen or translation.get_language()):
            super().send_mail(template_prefix, email, context)
