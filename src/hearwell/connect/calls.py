"""A telephone call, from whatever noted it: a switchboard, a file, a form. Pure.

One reading for all of them, so that the same call is the same message whichever way it came.
``WORDS`` are English msgids for what a call says in the thread.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.connect.wording import Wording
from hearwell.kit.e164 import e164, plain
from hearwell.kit.numbers import whole_number

MOST_NOTES: Final = 20_000
_LONGEST: Final = 500
_LONGEST_CALL_S: Final = 86_400
_SPACE: Final = uuid.UUID("6e1f7a2c-50f4-4c0e-9f8a-2f0b2f0c7a11")
LONG_NOTES: Final = Wording("The notes are too long: %(length)s of %(limit)s characters.")
WITHHELD: Final = "withheld"


class Outcome(StrEnum):
    """What came of a call."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    VOICEMAIL = "voicemail"
    CALLBACK = "callback"


# As switchboards say it: Asterisk's DIALSTATUS, FreeSWITCH's hangup causes, Twilio's CallStatus.
_SPOKE: Final = "reached answered answer completed normal_clearing bridged"
_MISSED: Final = (
    "not_reached missed noanswer no_answer no-answer busy user_busy cancel canceled cancelled"
    " originator_cancel congestion chanunavail failed abandoned no_user_response call_rejected"
    " unallocated_number subscriber_absent user_not_registered"
)
_OUTCOMES: Final[Mapping[str, Outcome]] = {
    **dict.fromkeys(_SPOKE.split(), Outcome.REACHED),
    **dict.fromkeys(_MISSED.split(), Outcome.NOT_REACHED),
    "voicemail": Outcome.VOICEMAIL,
    "callback": Outcome.CALLBACK,
    "call_back": Outcome.CALLBACK,
}
_IN: Final = frozenset({"", "in", "inbound", "incoming"})
_OUT: Final = frozenset({"out", "outbound", "outgoing", "outbound-api", "outbound-dial"})
WORDS: Final[Mapping[str, str]] = {
    "in_reached": "Called us, and we spoke (%(time)s).",
    "in_not_reached": "Called us; nobody answered.",
    "in_voicemail": "Left a voice message (%(time)s).",
    "in_callback": "Asks to be called back.",
    "answered": "Answered by telephone (%(time)s).",
    "out_reached": "We called, and spoke (%(time)s).",
    "out_not_reached": "We called; nobody answered.",
    "out_voicemail": "We called and left a voice message.",
}


class CallError(ValueError):
    """Something about a call cannot be right; ``field`` names it, the text says what to do."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. ``number`` is the other side's, in E.164, or ``withheld``; times are in UTC."""

    id: str
    is_outgoing: bool
    number: str
    outcome: Outcome
    started_at: datetime
    answered_at: datetime | None = None
    duration_s: int = 0
    notes: str = ""
    recording: str = ""
    name: str = ""


def call_from(
    told: Mapping[str, str], *, country: str = "", at: datetime | None = None, key: str = ""
) -> Call:
    """Read a call by its documented fields. Raises ``CallError``.

    ``country`` is the calling code of numbers written as at home; ``at`` stands in for a time that
    is not told. Without an ``id`` (and without ``key``) the same call has the same one by itself.
    """
    given = {name: value.strip() for name, value in told.items()}
    is_outgoing = _direction(given.get("direction", ""))
    number = _number(given, country, is_outgoing=is_outgoing)
    started_at = _moment(given.get("started_at", ""), at, "started_at")
    answered = given.get("answered_at", "")
    return Call(
        id=given.get("id", "")[:_LONGEST] or key or _id_of(number, started_at, is_outgoing),
        is_outgoing=is_outgoing,
        number=number,
        outcome=_outcome(given, is_outgoing=is_outgoing),
        started_at=started_at,
        answered_at=_moment(answered, None, "answered_at") if answered else None,
        duration_s=_seconds(given.get("duration_s", "")),
        notes=_notes(given.get("notes", "")),
        recording=_recording(given.get("recording_url", "")),
        name=given.get("name", "")[:_LONGEST],
    )


def items_of(
    call: Call, account: str, words: Mapping[str, str] = WORDS, *, agent: str = ""
) -> list[InboundMessage]:
    """The call as messages. One that we took is a question and, at once, its answer."""
    if call.is_outgoing:
        is_attempt = call.outcome is not Outcome.REACHED
        said = _text(words, f"out_{call.outcome.value}", call, call.notes)
        return [_ours(call, account, f"call:{call.id}", said, agent, is_attempt=is_attempt)]
    theirs = _theirs(call, account, _text(words, f"in_{call.outcome.value}", call, call.notes))
    if call.outcome is not Outcome.REACHED:
        return [theirs]
    answered = _text(words, "answered", call, "")
    ours = _ours(call, account, f"call:{call.id}:answered", answered, agent)
    return [theirs, replace(ours, parent_id=theirs.external_id)]


def _theirs(call: Call, account: str, text: str) -> InboundMessage:
    is_known = call.number != WITHHELD
    # Who hides their number is nobody we could know again: each such call is of its own.
    person = f"tel:{call.number}" if is_known else f"tel:{WITHHELD}:{call.id}"
    handle = call.number if is_known else ""
    return InboundMessage(
        external_id=f"call:{call.id}",
        dedup_key=f"call:{call.id}",
        occurred_at=call.started_at,
        account=account,
        thread_key=thread_with(call),
        kind=MessageKind.CALL,
        audience=Audience.PRIVATE,
        author=Author(person, handle, call.name or handle or "?"),
        text=text,
        permalink=call.recording or None,
        needs_reply=True,
    )


def _ours(
    call: Call, account: str, external_id: str, text: str, agent: str, *, is_attempt: bool = False
) -> InboundMessage:
    return InboundMessage(
        external_id=external_id,
        dedup_key=external_id,
        occurred_at=call.answered_at or call.started_at,
        account=account,
        thread_key=thread_with(call),
        kind=MessageKind.CALL,
        audience=Audience.PRIVATE,
        author=Author(account, account, agent),
        text=text,
        permalink=(call.recording or None) if call.is_outgoing else None,
        is_echo=True,
        is_attempt=is_attempt,
    )


def thread_with(call: Call) -> str:
    """Return the thread of a call: all with a number are one, each with a hidden one its own."""
    return f"call:{call.number}" if call.number != WITHHELD else f"call:{WITHHELD}:{call.id}"


def _text(words: Mapping[str, str], name: str, call: Call, notes: str) -> str:
    minutes, seconds = divmod(call.duration_s, 60)
    said = words[name] % {"time": f"{minutes}:{seconds:02d}"}
    return f"{said}\n\n{notes}" if notes else said


# --- what is filled in -------------------------------------------------------------------------


def _direction(given: str) -> bool:
    word = given.lower()
    if word in _IN or word in _OUT:
        return word in _OUT
    message = "The direction is “in” (they called) or “out” (we called)."
    raise CallError(message, "direction")


def _number(given: Mapping[str, str], country: str, *, is_outgoing: bool) -> str:
    """The other side's number: where we called, or who called."""
    name = "number" if given.get("number") else ("to" if is_outgoing else "from")
    written = given.get(name, "")
    if not is_outgoing and _AROUND_NAME.sub("", written.lower()) in _HIDDEN:
        return WITHHELD
    found = e164(written, country)
    if found is None:
        message = "This is no telephone number with its country, such as +351 21 123 45 67."
        raise CallError(message, name)
    return found


# Providers also dial the words for it: +266696687 are the keys of "anonymous".
_HIDDEN_WORDS: Final = "withheld anonymous unknown unavailable private restricted blocked"
_HIDDEN_KEYS: Final = "+266696687 +8656696 +86282452253 +7378742833 +2562533"
_HIDDEN: Final = frozenset(f"{_HIDDEN_WORDS} {_HIDDEN_KEYS}".split())
_AROUND_NAME: Final = re.compile(r"[<>]|sips?:|@.*$")


def _outcome(given: Mapping[str, str], *, is_outgoing: bool) -> Outcome:
    word = given.get("outcome", "").lower().replace(" ", "_")
    found = _OUTCOMES.get(word)
    if found is None:
        message = "The outcome is “reached”, “not_reached”, “voicemail” or “callback”."
        raise CallError(message, "outcome")
    if is_outgoing and found is Outcome.CALLBACK:
        message = "Who asks to be called back called us: the direction is “in”."
        raise CallError(message, "outcome")
    return found


def _moment(text: str, instead: datetime | None, field: str) -> datetime:
    if not text and instead is not None:
        return instead
    found = _read(text)
    if found is None:
        message = "The time needs its zone, such as 2026-11-27T09:30:00+01:00."
        raise CallError(message, field)
    return found


def _read(text: str) -> datetime | None:
    try:
        if text.isascii() and text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        moment = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError, TypeError, IndexError, OSError):
        return None


def _seconds(text: str) -> int:
    """Seconds, also as minutes and seconds or with hours (``3:12``)."""
    parts = plain(text).split(":") if text else ["0"]
    numbers = [whole_number(part, digits=_DIGITS) for part in parts]
    if len(parts) > _CLOCK or None in numbers:
        message = "The duration is a number of seconds, or minutes and seconds such as 3:12."
        raise CallError(message, "duration_s")
    seconds = 0
    for number in numbers:
        seconds = seconds * 60 + (number or 0)
    if seconds > _LONGEST_CALL_S:
        message = "No call lasts longer than a day."
        raise CallError(message, "duration_s")
    return seconds


_CLOCK, _DIGITS = 3, 6


def _notes(text: str) -> str:
    if len(text) > MOST_NOTES:
        raise CallError(LONG_NOTES(length=len(text), limit=MOST_NOTES), "notes")
    return text


def _recording(text: str) -> str:
    if not text:
        return ""
    is_link = (
        text.startswith("https://")
        and len(text) <= _MOST_LINK
        and not any(char.isspace() for char in text)
    )
    if not is_link:
        message = "The recording is a link that begins with https://."
        raise CallError(message, "recording_url")
    return text


_MOST_LINK: Final = 2_000


def _id_of(number: str, at: datetime, is_outgoing: bool) -> str:  # noqa: FBT001 -- a part of the name
    return str(uuid.uuid5(_SPACE, f"{number} {at.isoformat()} {is_outgoing}"))


def checked(call: Call, at: datetime) -> Call:
    """Return a call that can have been by now. Raises ``CallError``."""
    if call.started_at > at + _CLOCKS_DIFFER:
        message = "That time is still to come."
        raise CallError(message, "started_at")
    if call.started_at < _EARLIEST:
        message = "That was before there were such calls. Is the year right?"
        raise CallError(message, "started_at")
    if not _is_answered_in_time(call, at):
        message = "A call is answered after it began, and not in time to come."
        raise CallError(message, "answered_at")
    return call


def believed(call: Call, at: datetime) -> Call:
    """Return the call as it can have been: a clock that is wrong is not, and costs nobody a call.

    ``at`` is when we were told.
    """
    if not _EARLIEST <= call.started_at <= at + _CLOCKS_DIFFER:
        call = replace(call, started_at=at)
    return call if _is_answered_in_time(call, at) else replace(call, answered_at=None)


def _is_answered_in_time(call: Call, at: datetime) -> bool:
    answered = call.answered_at
    return answered is None or call.started_at <= answered <= at + _CLOCKS_DIFFER


_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# The clock of a machine that lost its own begins in 1970.
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
