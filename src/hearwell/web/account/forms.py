"""The form of the first owner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class FirstOwnerForm(forms.Form):
    """Who runs this house, and what it is called. Nothing is asked twice."""

    workspace_name = forms.CharField(
        label=_("Your company or team"), max_length=120, initial="", strip=True
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_("Eight characters or more. Leave it empty and add a passkey afterwards."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """Check the password only if there is one."""
        password: str = self.cleaned_data.get("password", "")
        if password:
            validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        """Refuse text that PostgreSQL cannot keep."""
        for value in self.cleaned_data.values():
            if isinstance(value, str) and "\x00" in value:
                raise ValidationError(_("That text holds a character that cannot be kept."))
        return self.cleaned_data
