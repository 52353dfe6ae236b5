"""The form by which a network is connected: drawn from the connector's fields, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from hearwell.accounts.access import MemberRequest
from hearwell.channels import queries
from hearwell.channels.models import Channel, Purpose
from hearwell.channels.rules import is_public_url
from hearwell.channels.services.trying import (
    OtherAccountError,
    SameNameError,
    Trial,
    Wish,
)
from hearwell.channels.telling import told
from hearwell.connect.abilities import plain_span
from hearwell.connect.connecting import Field, FieldKind, FieldRefused, FilledIn, filled_in
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Connects,
    Polls,
    ReceivesWebhooks,
    Streams,
)
from hearwell.connect.failures import Failure
from hearwell.connect.registry import connector_for

PREFIX: Final = "given-"
MAX_BRAND: Final = 120
# Our own network: it lives at our own address and can always call us.
OWN: Final = "sandbox"
_INPUTS: Final[Mapping[FieldKind, tuple[str, str]]] = {
    FieldKind.SECRET: ("password", ""),
    FieldKind.ADDRESS: ("text", "url"),
    FieldKind.EMAIL: ("email", ""),
    FieldKind.NUMBER: ("text", "numeric"),
}


@dataclass(frozen=True)
class FieldFace:
    """A field as it is drawn. What was typed is shown again, unless it is a secret."""

    name: str
    label: str
    kind: str
    type: str
    mode: str
    hint: str
    example: str
    value: str
    error: str
    choices: Sequence[tuple[str, str]]
    is_required: bool
    is_advanced: bool

    @property
    def id(self) -> str:
        """The id of its control."""
        return f"f-{self.name}"


@dataclass
class Answer:
    """What the page says about what was typed: by field, at the top, and by check."""

    by_field: dict[str, str] = field(default_factory=dict)
    at_top: str = ""
    code: str = ""
    trial: Trial | None = None
    must_confirm: bool = False

    @property
    def has_trouble(self) -> bool:
        """Whether anything has to be done again."""
        return bool(self.by_field or self.at_top or self.trial)


@dataclass(frozen=True)
class Asked:
    """Everything that was typed, read: for the connector, and what the person wishes."""

    filled: FilledIn
    wish: Wish
    typed: Mapping[str, str] = field(repr=False)
    complaints: Mapping[str, str]


def read_form(request: MemberRequest, network: str, way_in: Connects | Authorizes) -> Asked:
    """Read the form; nothing is asked of anybody."""
    typed = {
        one.name: request.POST.get(f"{PREFIX}{one.name}", one.default) for one in way_in.fields
    }
    filled = filled_in(way_in.fields, _unticked(request, way_in, typed))
    wish = Wish(
        network=network,
        brand=" ".join(request.POST.get("brand", "").replace("\x00", "").split()),
        purpose=request.POST.get("purpose", ""),
        channel_id=uuid_or_none(request.POST.get("channel", "")),
        is_sure=request.POST.get("sure") == "1",
    )
    complaints = {name: _(words) for name, words in filled.refused.items()}
    if not wish.brand or len(wish.brand) > MAX_BRAND:
        complaints["brand"] = _("Please name the brand that customers know.")
    if wish.purpose not in Purpose.values:
        complaints["purpose"] = _("Please choose what the account is for.")
    return Asked(filled, wish, typed, complaints)


def _unticked(
    request: MemberRequest, way_in: Connects | Authorizes, typed: Mapping[str, str]
) -> dict[str, str]:
    """A box that is not ticked is not sent, which is an answer and not a default."""
    boxes = {one.name for one in way_in.fields if one.kind is FieldKind.CHECK}
    return {
        name: request.POST.get(f"{PREFIX}{name}", "") if name in boxes else value
        for name, value in typed.items()
    }


def uuid_or_none(text: str) -> UUID | None:
    """Return the id in a text, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def answer_of(error: Failure | OtherAccountError | SameNameError) -> Answer:
    """Put into words why nothing was kept, and what to do."""
    if isinstance(error, FieldRefused) and error.field_name:
        return Answer(by_field={error.field_name: told(error.message)}, code=error.network_code)
    if isinstance(error, OtherAccountError):
        words = _(
            "You are signed in as %(is)s there, but the account to be connected again is "
            "%(wanted)s. Sign in as that one, or connect %(is)s as an account of its own."
        )
        return Answer(at_top=words % {"is": error.signed_in_as, "wanted": error.wanted})
    if isinstance(error, SameNameError):
        words = _(
            "%(handle)s is connected already, as another account with the same name "
            "(%(id)s). If this one took its place, disconnect the other first."
        )
        values = {"handle": error.handle, "id": error.network_id}
        return Answer(at_top=words % values, must_confirm=True)
    codes = " ".join(filter(None, (error.code, error.network_code)))
    return Answer(at_top=told(error.message), code=codes)


def field_faces(
    fields: Sequence[Field], shown: Mapping[str, str], errors: Mapping[str, str]
) -> list[FieldFace]:
    """Return the fields as they are drawn, in the connector's order."""
    return [_face(one, shown.get(one.name), errors.get(one.name, "")) for one in fields]


def _face(one: Field, typed: str | None, error: str) -> FieldFace:
    kind, mode = _INPUTS.get(one.kind, ("text", ""))
    is_secret = one.kind is FieldKind.SECRET
    return FieldFace(
        name=one.name,
        label=_(one.label),
        kind=one.kind.value,
        type=kind,
        mode=mode,
        hint=_(one.hint) if one.hint else "",
        example=one.example,
        value="" if is_secret else (one.default if typed is None else typed),
        error=_(error) if error else "",
        choices=[(value, _(label)) for value, label in one.choices],
        is_required=one.is_required and one.kind is not FieldKind.CHECK,
        is_advanced=one.is_advanced,
    )


def wished_before(request: MemberRequest, network: str) -> tuple[Wish, Channel | None]:
    """Return what to begin the form with: of the account to be connected again, else of the house.

    An account of another network or workspace is none.
    """
    wanted = uuid_or_none(request.GET.get("channel", ""))
    place = request.workspace.id
    channel = queries.channel_by_id(place, wanted) if wanted else None
    if channel is not None and channel.network == network:
        return Wish(network, channel.brand.name, channel.purpose, channel.id), channel
    brands = queries.brand_names(place)
    brand = brands[0] if brands else request.workspace.name
    return Wish(network, brand, Purpose.CARE), None


def known_values(channel: Channel | None) -> dict[str, str]:
    """Return what may be shown of an account that is known, by field name."""
    if channel is None:
        return {}
    return {"handle": channel.handle, **{k: str(v) for k, v in channel.settings.items()}}


def reach_note(connector: Connector) -> dict[str, Any]:
    """Say how news will come while the network cannot call us at this address.

    Empty where it can, or does not call at all. ``is_fatal``: there is no other way.
    """
    is_own = connector.manifest.network == OWN or connector.manifest.is_hosted_here
    if is_own or not isinstance(connector, ReceivesWebhooks):
        return {}
    if is_public_url(settings.HEARWELL_URL):
        return {}
    words, n = plain_span(connector.manifest.poll_every_s)
    return {
        "url": settings.HEARWELL_URL,
        "is_fatal": not isinstance(connector, Polls | Streams),
        "every": _(words) % {"n": n} if isinstance(connector, Polls) else "",
    }


def title_of(network: str) -> str:
    """Name a network for people, as its connector does."""
    return connector_for(network).manifest.title
