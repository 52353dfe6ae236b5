"""What the form of a status update holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from hearwell.board.queries import Said
from hearwell.board.rules import NothingNamedError, entities_in
from hearwell.board.services import About, BadUpdateError, Wording
from hearwell.web.agent.inbox.typing import uuid_of

# Languages in which a reply can be written, by their own names.
LANGUAGES: Final[dict[str, str]] = {
    "en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "ar": "العربية",
}  # fmt: skip
_LONGEST: Final = 20_000
_REPLY: Final = re.compile("reply_([a-z]{2,3})")
_MOST_OTHERS: Final = 40
_SHOWN: Final = 40


@dataclass
class Typed:
    """A form as somebody filled it in; kept word for word while something is wrong with it."""

    headline: str = ""
    details: str = ""
    public_text: str = ""
    replies: dict[str, str] = field(default_factory=dict)
    topic: str = ""
    entities: str = ""
    channels: list[str] = field(default_factory=list)
    until: str = ""

    @property
    def wording(self) -> Wording:
        """What it says."""
        return Wording(self.headline, self.details, self.public_text, self.replies)

    @property
    def about(self) -> About:
        """What it is about. Raises BadUpdateError."""
        try:
            entities = tuple(entities_in(self.entities))
        except NothingNamedError as error:
            message = _("“%(text)s” has neither letters nor digits: nothing can be found by it.")
            raise BadUpdateError(message % {"text": str(error)[:_SHOWN]}) from error
        ids = [uuid_of(one) for one in self.channels]
        return About(self.topic, entities, tuple(one for one in ids if one is not None))

    def valid_until(self, zone: ZoneInfo) -> datetime | None:
        """Return until when it holds, None for no end. Raises BadUpdateError."""
        if not self.until:
            return None
        try:
            return datetime.fromisoformat(self.until).replace(tzinfo=zone)
        except ValueError as error:
            raise BadUpdateError(_("Write the time until which it holds as a date.")) from error

    def fields(self) -> list[tuple[str, str, str]]:
        """Return (language, its name, the reply in it) for every language.

        Those that a program wrote in others stand after them.
        """
        named = LANGUAGES | {key: key for key in self.replies if key not in LANGUAGES}
        return [(key, name, self.replies.get(key, "")) for key, name in named.items()]


def _others(data: QueryDict) -> list[str]:
    found = (_REPLY.fullmatch(name) for name in data)
    return [one[1] for one in found if one and one[1] not in LANGUAGES][:_MOST_OTHERS]


def typed_in(data: QueryDict) -> Typed:
    """Read the form."""

    def text(name: str) -> str:
        return data.get(name, "").replace("\r\n", "\n")[:_LONGEST]

    return Typed(
        headline=text("headline"),
        details=text("details"),
        public_text=text("public_text"),
        replies={key: text(f"reply_{key}") for key in [*LANGUAGES, *_others(data)]},
        topic=text("topic"),
        entities=text("entities"),
        channels=data.getlist("channel")[:200],
        until=text("until"),
    )


def typed_of(said: Said, zone: ZoneInfo) -> Typed:
    """Return the form of an update as it stands."""
    one, until = said.update, said.update.valid_until
    return Typed(
        headline=said.now.headline,
        details=said.now.details,
        public_text=said.now.public_text,
        replies=dict(said.now.replies),
        topic=one.topic,
        entities=", ".join(one.entities),
        channels=[str(key) for key in one.channel_ids],
        until=localtime(until, zone).strftime("%Y-%m-%dT%H:%M") if until else "",
    )
