"""Which language a person reads: their own choice, or none."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation


def known_language(code: object) -> str:
    """Return the code if it is one of our languages, else an empty string."""
    return code if isinstance(code, str) and code in dict(settings.LANGUAGES) else ""


def language_of(user: object) -> str:
    """Return the language a person chose, if it is still one of ours; else an empty string."""
    return known_language((getattr(user, "preferences", None) or {}).get("language"))


def speaking(code: object) -> Any:
    """Return a context in which texts are in this language, English if it is none of ours.

    For what is written to a person while nobody asks: their browser's wish is not known then.
    """
    return translation.override(known_language(code) or settings.LANGUAGE_CODE)
