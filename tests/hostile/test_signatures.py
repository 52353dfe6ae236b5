"""No trick makes a webhook's door believe a delivery that its network did not sign."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from hearwell.config.environment import read_environment
from hearwell.config.wiring import wire
from hearwell.connect.contract import ReceivesWebhooks
from hearwell.connect.failures import BadSignature
from hearwell.connect.model import IngressSecrets, Raw
from hearwell.connect.registry import all_connectors
from hearwell.connect.subject import Subject, subject_for

wire(read_environment({}))
BODY = b'{"object":"page","entry":[{"id":"1"}],"page":"1","site":"1","items":[]}'
# Their networks sign no time: a delivery that is played again is known by what it holds.
TIMELESS = {"facebook", "instagram", "whatsapp", "linkedin", "x", "sms", "telegram", "phone"}
# The value's own word before it may be missing there: LinkedIn's documents show both.
BARE = {"linkedin"}


def _doors() -> list[Subject]:
    found = [subject_for(one) for one in all_connectors() if isinstance(one, ReceivesWebhooks)]
    return [one for one in found if one.ingress is not None]


def _is_believed(door: Subject, raw: Raw, ingress: IngressSecrets | None = None) -> bool:
    """Ask as the gateway does: whatever goes wrong there is no proof either."""
    assert isinstance(door.connector, ReceivesWebhooks)
    assert door.ingress is not None
    try:
        door.connector.verify(raw, ingress or door.ingress)
    except BadSignature:
        return False
    return True


def _proofs(raw: Raw) -> list[str]:
    """The headers that prove a delivery."""
    return [
        name for name in raw.headers if "sign" in name or "token" in name or name == "authorization"
    ]


def _stamps(raw: Raw) -> list[str]:
    return [name for name in raw.headers if "timestamp" in name]


def _forged(value: str, *, may_be_bare: bool) -> Iterator[tuple[str, str]]:
    """A proof, made otherwise in every way that a careless comparison would take."""
    word, mark, rest = value.partition("=")
    yield from {
        "empty": "",
        "space": " ",
        "nul": "\0",
        "cut by one": value[:-1],
        "half": value[: len(value) // 2],
        "first sign alone": value[:1],
        "one more": value + "0",
        "a nul more": value + "\0",
        "a space more": value + " ",
        "a line more": value + "\r\nx: y",
        "twice": value + value,
        "several, right one first": f"{value}, {value[::-1]}",
        "several, right one last": f"x, {value}",
        "several, right twice": f"{value}, {value}",
        "several by semicolon": f"{value};{value}",
        "backwards": value[::-1],
        "other case": value.swapcase(),
        "wide": "".join(map(_wide, value)),
        "wild card": "*",
        "wild cards": "*" * len(value),
        "like": "%",
        "none": "None",
        "true": "true",
        "null": "null",
        "list": f"['{value}']",
        "quoted": f'"{value}"',
        "percent": _percent(value),
        "packed": b64encode(value.encode()).decode(),
        "lone surrogate": value[:-1] + "\ud800",
        "zeros": "0" * len(value),
        "zero-width": value[:3] + "\u200b" + value[3:],
        "accent": value + "\u0301",
        "very long": value * 10_000,
    }.items()
    if mark and rest.strip("="):
        yield "other digest", f"sha1={rest}"
        yield "no digest", f"none={rest}"
        yield "word alone", f"{word}="
        if not may_be_bare:
            yield "without its word", rest


def _wide(sign: str) -> str:
    return chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign


def _percent(value: str) -> str:
    return "".join(f"%{ord(sign):02x}" for sign in value)


def _stamped(stamp: str) -> Iterator[tuple[str, str]]:
    yield from {
        "no time": "",
        "old time": str(int(stamp) - 3600),
        "time to come": str(int(stamp) + 3600),
        "a second on": str(int(stamp) + 1),
        "signed time": f"+{stamp}",
        "negative": f"-{stamp}",
        "fraction": f"{stamp}.0",
        "exponent": f"{stamp}e0",
        "spaces": f" {stamp}",
        "zeros": f"00{stamp}",
        "other digits": "".join(chr(0x660 + int(digit)) for digit in stamp),
        "under": f"{stamp[0]}_{stamp[1:]}",
        "milliseconds": f"{stamp}000",
        "two times": f"{stamp}, {stamp}",
        "endless": stamp * 1000,
        "not a number": "NaN",
        "infinity": "inf",
    }.items()


def _bodies(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield from {
        "other body": b'{"object":"page"}',
        "no body": b"",
        "a space more": body + b" ",
        "a line more": body + b"\n",
        "a nul more": body + b"\0",
        "marked": b"\xef\xbb\xbf" + body,
        "packed": gzip.compress(body),
        "cut": body[:-1],
        "other case": body.swapcase(),
        "twice": body + body,
        "escaped": body.replace(b"a", b"\\u0061"),
        "other width": body.decode().encode("utf-16"),
        "spaced": body.replace(b":", b": "),
    }.items()


Trick = tuple[str, Raw, IngressSecrets]


def _tricks(door: Subject) -> Iterator[Trick]:
    raw, ingress, network = door.raw(BODY), door.ingress, door.connector.manifest.network
    assert ingress is not None
    yield from _secrets(raw, ingress)
    for what, forged in _headers(raw, may_be_bare=network in BARE):
        yield what, forged, ingress
    if getattr(door.connector, "signs_body", True):
        for what, body in _bodies(raw.body):
            yield f"body: {what}", replace(raw, body=body), ingress
    if network not in TIMELESS:
        for days in (-1, 1, 365):
            later = raw.received_at + timedelta(days=days)
            yield f"played again after {days} days", replace(raw, received_at=later), ingress


def _secrets(raw: Raw, ingress: IngressSecrets) -> Iterator[Trick]:
    ours = ingress.signing
    others = {
        "no secret": (),
        "empty secret": ("",),
        "other secret": ("another",),
        "cut secret": tuple(one[:-1] for one in ours),
        "longer secret": tuple(f"{one}0" for one in ours),
        "secret of other case": tuple(one.swapcase() for one in ours),
    }
    for what, secrets in others.items():
        yield what, raw, replace(ingress, signing=secrets)


def _headers(raw: Raw, *, may_be_bare: bool) -> Iterator[tuple[str, Raw]]:
    def having(name: str, value: str) -> Raw:
        return replace(raw, headers={**raw.headers, name: value})

    yield "no headers", replace(raw, headers={})
    for name in _proofs(raw):
        without = {key: value for key, value in raw.headers.items() if key != name}
        yield f"{name} missing", replace(raw, headers=without)
        for what, value in _forged(raw.headers[name], may_be_bare=may_be_bare):
            yield f"{name}: {what}", having(name, value)
    for name in _stamps(raw):
        for what, value in _stamped(raw.headers[name]):
            yield f"{name}: {what}", having(name, value)


def test_no_trick_is_believed_and_the_truth_is() -> None:
    believed, tried = list[str](), 0
    doors = _doors()
    for door in doors:
        network = door.connector.manifest.network
        assert _is_believed(door, door.raw(BODY)), network
        assert _proofs(door.raw(BODY)), network
        for what, raw, ingress in _tricks(door):
            tried += 1
            if _is_believed(door, raw, ingress):
                believed.append(f"{network}, {what}")
    print(f"{tried} tricks at {len(doors)} doors")  # noqa: T201
    assert not believed, "\n".join(believed)
    assert len(doors) >= 9
    assert tried >= 60


def test_only_those_whose_network_signs_no_time_take_it_late() -> None:
    """The others are named above: what they deliver again is known and does nothing."""
    late = {
        door.connector.manifest.network
        for door in _doors()
        if _is_believed(
            door, replace(door.raw(BODY), received_at=door.raw(BODY).received_at + timedelta(1))
        )
    }
    assert late <= TIMELESS
