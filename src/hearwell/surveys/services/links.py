"""The signed links in an e-mail: one for yes, one for no, each good for one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing

from hearwell.surveys.rules import Status

_SALT: Final = "hearwell.surveys.link"
_ANSWERS: Final = frozenset({Status.YES.value, Status.NO.value})


class BadLinkError(ValueError):
    """A link that we did not make, or that was not copied whole."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link stands for."""

    workspace_id: UUID
    question_id: UUID
    answer: Status


def link_of(link: Link) -> str:
    """Return the address, whole."""
    facts = [link.workspace_id.hex, link.question_id.hex, link.answer.value]
    return f"{settings.HEARWELL_URL}/solved/{signing.dumps(facts, salt=_SALT)}/"


def read_link(token: str) -> Link:
    """Return what a token stands for. Raises BadLinkError."""
    try:
        workspace_id, question_id, answer = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadLinkError from error
    if answer not in _ANSWERS:
        raise BadLinkError
    return Link(UUID(workspace_id), UUID(question_id), Status(answer))
