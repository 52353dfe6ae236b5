"""What connectors said, in the language of whoever reads it."""

from __future__ import annotations

from django.utils.translation import gettext

from hearwell.connect.wording import taken_apart


def told(said: str) -> str:
    """Return a sentence of a connector, translated; what the catalogue does not know as it is.

    What was put into it is translated, too, where it is words.
    """
    whole = gettext(said) if said else ""
    if whole != said:
        return whole
    found = taken_apart(said)
    if found is None:
        return said
    words, values = found
    return gettext(words) % {name: told(value) for name, value in values.items()}
