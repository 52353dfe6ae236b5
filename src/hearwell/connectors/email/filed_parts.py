"""What a mail out of a file encloses, by where it lies in it: nobody can be asked for it later."""

from __future__ import annotations

import re
from typing import Final

from hearwell.connect.attachments import FILED
from hearwell.connect.model import Raw
from hearwell.connectors.email.charsets import transfer_decoded
from hearwell.connectors.email.envelope import envelope_from
from hearwell.connectors.email.letter import Attachment

_ENCODED: Final = frozenset({"base64", "quoted-printable", "x-uuencode", "uuencode", "x-uue"})
_PLACE: Final = re.compile(rf"{re.escape(FILED)}(\d{{1,9}})-(\d{{1,9}});([a-z0-9-]*)")


def ref_of(one: Attachment) -> str:
    """Name a part by where it lies in the bytes of its mail, and how it is encoded there."""
    encoding = one.encoding if one.encoding in _ENCODED else ""
    return f"{FILED}{one.start}-{one.end};{encoding}"


def body_of(raw: Raw, ref: str) -> bytes | None:
    """Return the bytes of a part as they were before they were encoded.

    None where `ref` names none, or the mail was cut before the part's end.
    """
    place = _PLACE.fullmatch(ref)
    if place is None:
        return None
    start, end = int(place[1]), int(place[2])
    is_whole = end < len(raw.body) or (end == len(raw.body) and not envelope_from(raw).is_cut)
    return transfer_decoded(raw.body[start:end], place[3]) if is_whole and start < end else None
