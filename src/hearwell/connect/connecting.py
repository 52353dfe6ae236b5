"""How an account is connected: what a person does and fills in, and what comes of it. Pure values.

A connector that can be connected says what it needs (``steps`` and ``fields``); the house draws
the form, keeps secrets sealed, and hands what was typed to ``Connects.connect``. Networks with a
consent page of their own are two moves: ``Authorizes.begin`` and ``Authorizes.finish``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hearwell.connect.failures import Failure
from hearwell.connect.model import Account, IngressSecrets

_LONGEST = 4096
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class FieldKind(StrEnum):
    """How a field is asked for. A ``SECRET`` is never shown again and never logged."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 -- the name of a kind, not a secret
    ADDRESS = "address"
    EMAIL = "email"
    NUMBER = "number"
    CHOICE = "choice"
    CHECK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in. ``label`` and ``hint`` are plain English msgids.

    ``choices`` are (value, label) pairs of a ``CHOICE``. A ``CHECK`` gives ``"1"`` or ``""``.
    Fields with ``is_advanced`` have a good default and are folded away.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    example: str = ""
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_required: bool = True
    is_advanced: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on the network's side first, with the page where it is done.

    ``shows_return``: the address that the network leads back to is needed for it, and shown.
    """

    text: str
    url: str = ""
    shows_return: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """Who the network says we are, and what is to be kept.

    ``settings`` may be shown; ``secrets`` may not and go to the sealed store of sender and
    listener; ``ingress`` verifies webhooks and goes to the gateway's. ``scopes`` are the rights
    that the network really gave. A connector that receives webhooks and gives no ``ingress``
    gets a secret that the house makes up.
    """

    external_id: str
    handle: str
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    ingress: IngressSecrets | None = field(default=None, repr=False)
    tier: str = ""
    scopes: frozenset[str] = frozenset()

    @property
    def account(self) -> Account:
        """The account as the connector will see it once it is kept, with its secrets."""
        return Account(
            external_id=self.external_id,
            handle=self.handle,
            settings=self.settings,
            secrets=self.secrets,
            tier=self.tier,
            scopes=self.scopes,
        )


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the person for consent, and what to remember until they are back.

    ``keep`` may hold secrets (a client secret, a PKCE verifier): it is kept sealed, for an hour.
    """

    url: str
    keep: Mapping[str, str] = field(repr=False)


class FieldRefused(Failure):
    """What was filled in cannot be right; shown at that field (``""``: at the form)."""

    code = "field_refused"
    default_message = "This does not look right."

    def __init__(self, field_name: str, message: str = "", *, network_code: str = "") -> None:
        super().__init__(message, network_code=network_code)
        self.field_name = field_name


@dataclass(frozen=True, slots=True)
class FilledIn:
    """A form as it was typed: what the connector gets, and what is wrong with it, by field."""

    given: Mapping[str, str] = field(repr=False)
    refused: Mapping[str, str]


def filled_in(fields: Sequence[Field], typed: Mapping[str, str]) -> FilledIn:
    """Read what was typed: every field is there afterwards, if need be with its default. PURE.

    White space around a value is cut off, save for secrets, where it may belong to a password.
    Finds what can be seen without asking anybody: missing, too long, not an address, no choice.
    """
    given = {one.name: _value(one, typed.get(one.name, "")) for one in fields}
    checked = ((one.name, _complaint(one, given[one.name])) for one in fields)
    return FilledIn(given, {name: words for name, words in checked if words})


def _value(one: Field, typed: str) -> str:
    if one.kind is FieldKind.CHECK:
        return "1" if typed in {"1", "on"} else ""
    value = typed.strip("\r\n") if one.kind is FieldKind.SECRET else typed.strip()
    return value or one.default


def _complaint(one: Field, value: str) -> str:
    if not value:
        return "Please fill this in." if one.is_required and one.kind is not FieldKind.CHECK else ""
    if len(value) > _LONGEST or "\x00" in value:
        return "This is too long or holds characters that cannot be used."
    if one.kind is FieldKind.EMAIL and not _EMAIL.fullmatch(value):
        return "This is not an e-mail address."
    if one.kind is FieldKind.NUMBER and not (value.isascii() and value.isdigit()):
        return "Please give a whole number."
    if one.kind is FieldKind.CHOICE and value not in dict(one.choices):
        return "Please choose one of the list."
    return ""
