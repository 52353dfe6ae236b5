"""What switchboards tell, read into calls. Pure and total.

A form or an object with the documented fields, a list of such objects under ``calls``, or Twilio's
fields. The address says for which line (``?line=+493012345&country=49``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from hearwell.connect.calls import Call, CallError, believed, call_from, items_of
from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import Fields, json_of, object_in
from hearwell.connect.formsig import is_form, pairs_in
from hearwell.connect.model import Inbound, Raw, Unknown
from hearwell.kit.e164 import e164

_TWILIO: Final = {
    "CallSid": "id", "From": "from", "To": "to", "CallStatus": "outcome", "Timestamp": "started_at",
    "CallDuration": "duration_s", "RecordingUrl": "recording_url", "CallerName": "name",
    "Direction": "direction",
}  # fmt: skip
# A call that goes on: what came of it is told later.
_GOING_ON: Final = frozenset({"queued", "initiated", "ringing", "in-progress"})
_MOST: Final = 500


def parse(raw: Raw) -> list[Inbound]:
    """The calls in a delivery. Raises ``ContractChanged``."""
    line, country = _line(raw)
    return [item for one in _told(raw) for item in _items(one, raw, line, country)]


def lines_of(raw: Raw) -> list[str]:
    """The lines of ours that a delivery concerns. Raises ``ContractChanged``."""
    return list(dict.fromkeys(item.account for item in parse(raw)))


def _told(raw: Raw) -> Iterator[dict[str, str]]:
    try:
        if is_form(raw):
            yield dict(pairs_in(raw.body))
            return
        told = object_in(json_of(raw.body, "The switchboard"), "a call")
    except (ValueError, RecursionError) as error:
        message = "This is neither a form nor JSON"
        raise ContractChanged(message) from error
    several = told.get("calls")
    calls = several if isinstance(several, list) else [told]
    if len(calls) > _MOST:
        message = f"{_MOST} calls at once are the most"
        raise ContractChanged(message)
    for one in calls:
        yield _texts(object_in(one, "a call"))


def _texts(told: Fields) -> dict[str, str]:
    """Numbers as their digits; what is no plain value is left out."""
    plain = (int, float, str)
    return {
        str(name): str(value)
        for name, value in told.items()
        if isinstance(value, plain) and not isinstance(value, bool)
    }


def _items(told: dict[str, str], raw: Raw, line: str, country: str) -> list[Inbound]:
    if "CallSid" in told and "CallStatus" not in told:
        return [_unknown("recording", told["CallSid"], told, raw, line)]
    if told.get("CallStatus") in _GOING_ON:
        return [_unknown(told["CallStatus"], told.get("CallSid", ""), told, raw, line)]
    plain = _from_twilio(told) if "CallSid" in told else told
    try:
        told_at = raw.received_at
        call = believed(call_from(plain, country=country, at=told_at), told_at)
        account = line or _our_side(plain, call, country)
    except CallError as error:
        message = f"{error.field}: {error}"
        raise ContractChanged(message) from error
    return list(items_of(call, account, agent=plain.get("agent", "")[:200]))


def _from_twilio(told: Mapping[str, str]) -> dict[str, str]:
    """Its fields by our names. Its time is when the call ended."""
    plain = {ours: told[theirs] for theirs, ours in _TWILIO.items() if theirs in told}
    # With a <Dial>, the call was answered by the machine; whether a person came is said apart.
    plain["outcome"] = told.get("DialCallStatus") or plain.get("outcome", "")
    if not plain.get("direction", "").startswith("out"):
        plain["direction"] = "in"
    return plain


def _our_side(plain: Mapping[str, str], call: Call, country: str) -> str:
    """Our number in the call, or what the switchboard names the line."""
    written = plain.get("line") or plain.get("from" if call.is_outgoing else "to") or ""
    found = e164(written, country)
    if found is None:
        message = "Which line of ours this was is not said; add ?line=+… to the address."
        raise CallError(message, "line")
    return found


def _unknown(what: str, sid: str, told: Mapping[str, str], raw: Raw, line: str) -> Unknown:
    name = "from" if told.get("Direction", "").startswith("out") else "to"
    account = line or e164(told.get(name.capitalize(), "")) or "?"
    key = hashlib.sha256(f"{sid} {what}".encode("utf-8", "replace")).hexdigest()[:32]
    return Unknown(
        external_id=f"call:{sid[:200]}" if sid else "call:?",
        dedup_key=f"call:{key}",
        occurred_at=raw.received_at,
        account=account,
        type_name=f"call {what}"[:80],
    )


def _line(raw: Raw) -> tuple[str, str]:
    """The line and the calling code in the address; empty where it has none.

    A plus sign in an address is read as a space: it is the plus that was meant.
    """
    query = parse_qs(urlsplit(raw.url).query)
    country = query.get("country", [""])[0].strip()
    written = query.get("line", [""])[0]
    if written.startswith(" "):
        written = "+" + written.strip()
    return e164(written, country) or "", country
