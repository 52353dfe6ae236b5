"""The voice guides that hold, and for which replies."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hearwell.quality.models import Guide
from hearwell.quality.voice import Holds, avoided_in, lines_of


def guide_for(workspace_id: UUID, holds: Holds) -> Guide | None:
    """Return the last version of one guide. One query."""
    return next(iter(guide_history(workspace_id, holds, 1)), None)


def guide_history(workspace_id: UUID, holds: Holds, most: int = 30) -> list[Guide]:
    """Return the versions of one guide, the newest first. One query."""
    rows = Guide.objects.filter(
        workspace_id=workspace_id, channel_id=holds.channel_id, language=holds.language
    )
    return list(rows.order_by("-number")[:most])


def guides_of(workspace_id: UUID) -> list[Guide]:
    """Return the last version of each guide that says something, all others last. One query."""
    rows = Guide.objects.filter(workspace_id=workspace_id)
    newest = rows.order_by("channel_id", "language", "-number").distinct("channel_id", "language")
    said = [one for one in newest if one.text or one.does or one.donts or one.avoid]
    return sorted(said, key=lambda one: (holds_of(one).weight, one.language, str(one.channel_id)))


def holds_of(guide: Guide) -> Holds:
    """Return for whom a guide is."""
    return Holds(guide.channel_id, guide.language)


@dataclass(frozen=True, slots=True)
class Heard:
    """A guide as it stands beside the composer: its text, and its examples one a line."""

    guide: Guide
    does: list[str]
    donts: list[str]
    avoid: list[str]


def voice_for(workspace_id: UUID, channel_id: UUID | None, language: str) -> list[Heard]:
    """Return the guides that hold for a reply, the one that says most for whom first."""
    held = [one for one in guides_of(workspace_id) if holds_of(one).fits(channel_id, language)]
    return [
        Heard(one, one.does.splitlines(), one.donts.splitlines(), lines_of(one.avoid))
        for one in reversed(held)
    ]


def avoided_by(workspace_id: UUID, channel_id: UUID | None, language: str, text: str) -> list[str]:
    """Return which words of a text the guides that hold for it avoid. One query."""
    heard = voice_for(workspace_id, channel_id, language)
    return avoided_in(text, [phrase for one in heard for phrase in one.avoid])
