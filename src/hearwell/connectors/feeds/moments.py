"""When something was written, in the dialects that feeds really use. Pure, never raises."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_ISO = re.compile(
    r"(\d{4})-?(\d\d)?-?(\d\d)?(?:[T ]+(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\b(?:GMT|UTC)(?=[+-]\d)|(?<=[+-]\d\d):(?=\d\d$)")
_SHORT_ZONE = re.compile(r"([+-])(\d{1,2})$")
_SEPTEMBER = re.compile(r"\bSept\b", re.IGNORECASE)
# What parsedate_tz does not know, in hours; ambiguous ones as they are most often meant.
_NAMED = {"CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "BST": 1, "EET": 2, "EEST": 3, "JST": 9}
# Programs write the beginning of their own time where they know none.
_FIRST_YEAR = 1990
_FARTHEST = timedelta(hours=14)
_LONGEST = 80


def moment(text: str) -> datetime | None:
    """Return a time in UTC; None if there is none that can be read. No zone means UTC."""
    text = text.strip()[:_LONGEST]
    try:
        found = _iso(text) if text[:4].isdecimal() and text.isascii() else _rfc822(text)
        found = found.astimezone(UTC) if found else None
    # OverflowError: a time at the very edge of the calendar, moved over it by its own zone.
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found and found.year >= _FIRST_YEAR else None


def _iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    # A leap second is a time, too.
    at = datetime(year, month or 1, day or 1, hour, minute, min(second, 59), tzinfo=UTC)
    zone = (match[7] or "").replace(":", "")
    if zone[:1] not in {"+", "-"}:
        return at
    return at.replace(tzinfo=_zone(int(f"{zone[0]}1"), int(zone[1:3]), int(zone[3:] or 0)))


def _zone(sign: int, hours: int, minutes: int) -> timezone:
    """A zone; one that lies nowhere on earth is a mistake, and then UTC is as good."""
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(sign * offset) if offset <= _FARTHEST else UTC


def _rfc822(text: str) -> datetime | None:
    text = _SEPTEMBER.sub("Sep", _ZONE.sub("", text))
    last = text.rsplit(None, 1)[-1:] or [""]
    if last[0].upper() in _NAMED:
        text = f"{text[: -len(last[0])]}+{_NAMED[last[0].upper()]:02}00"
    text = _SHORT_ZONE.sub(lambda match: f"{match[1]}{int(match[2]):02}00", text)
    parts = parsedate_tz(text)
    if parts is None:
        return None
    year, month, day, hour, minute, second = parts[:6]
    at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    offset = timedelta(seconds=parts[9] or 0)
    return at - offset if abs(offset) <= _FARTHEST else at
