"""A code from an app is taken a little early or late, and once.

Phones' clocks are some seconds off, and people type across the change of a code: so the ones before
and after count, too (RFC 6238, 5.2). allauth remembers a used code for 30 seconds; these are good
for 90, and somebody who looked over a shoulder must not have the rest.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache

TOLERANCE: Final = 1


class _Once:
    """Refuses a code that was used already, for as long as it is good."""

    authenticator: Any
    user: Any

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError, as for a wrong one."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not self._is_first_use(code):
            wrong = "incorrect_code"
            raise get_adapter().validation_error(wrong)
        return code

    def _is_first_use(self, code: str) -> bool:
        good_for_s = (2 * TOLERANCE + 1) * app_settings.TOTP_PERIOD
        key = f"accounts.code-used:{self.user.pk}:{normalize_user_code(code)}"
        return cache.add(key, "y", timeout=good_for_s)


class SignInCode(_Once, AuthenticateForm):  # type: ignore[misc]  # allauth is not typed
    """The code after a password."""


class AgainCode(_Once, ReauthenticateForm):  # type: ignore[misc]  # the same
    """The code before something that matters."""
