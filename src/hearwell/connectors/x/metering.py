"""What it costs to be told something: X asks for an event what it asks for reading it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hearwell.connect.model import Raw, Source
from hearwell.connect.terms import Charge
from hearwell.connectors.x import parse
from hearwell.connectors.x.manifest import DM_EVENT, OWN_READ, POST_READ

_READS = {
    parse.MENTION: POST_READ,
    parse.REPLY: POST_READ,
    parse.QUOTE: POST_READ,
    parse.CREATE: OWN_READ,
    parse.DM_RECEIVED: DM_EVENT,
    parse.DM_SENT: DM_EVENT,
}


def heard(raw: Raw) -> Sequence[Charge]:
    """What a delivery cost. What was asked for is in the charges of its page."""
    if raw.source not in {Source.WEBHOOK, Source.STREAM}:
        return ()
    price = _READS.get(parse.event_type(raw))
    return (Charge(price),) if price else ()
