"""What a composer's form holds, as views read it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest

from hearwell.kit.text import clean

AUDIENCES: Final = frozenset({"public", "private", "team"})
MAX_DRAFT: Final = 200_000


def typed(request: HttpRequest) -> str:
    """Return the text as typed: browsers send line ends as CRLF, networks count what is sent."""
    text = request.POST.get("text", "")
    return clean(text.replace("\r\n", "\n").replace("\r", "\n"))[0]


def uuid_in(request: HttpRequest, name: str) -> UUID | None:
    """Return an id out of the form; None if it is none."""
    return uuid_of(request.POST.get(name, ""))


def uuid_of(text: str) -> UUID | None:
    """Read an id; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
