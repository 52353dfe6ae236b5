"""The telephone as a connector: switchboards call us to say who called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from hearwell.connect.connecting import Connected, Field, FieldKind, FieldRefused, Step
from hearwell.connect.contract import Connector, Connects, ReceivesWebhooks
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Account, Draft, Inbound, IngressSecrets, Problem, Raw
from hearwell.connectors.phone import parse, signing
from hearwell.connectors.phone.manifest import MANIFEST
from hearwell.kit.e164 import e164

_SHORTEST = 16


class PhoneConnector(Connector, Connects, ReceivesWebhooks):
    """An account is one line. Its secrets are what the switchboard proves itself with."""

    manifest: ClassVar[Manifest] = MANIFEST
    hook_secrets: ClassVar[tuple[str, ...]] = ("token", "provider_token")
    steps: ClassVar[Sequence[Step]] = (
        Step("Make up a long token and enter it here and in your switchboard."),
        Step("Have the switchboard call the address that you are shown when a call has ended."),
    )
    fields: ClassVar[Sequence[Field]] = (
        Field(
            name="number",
            label="Telephone number",
            hint="The line that people call, with its country.",
            example="+493012345678",
        ),
        Field(
            name="token",
            label="Token of the switchboard",
            kind=FieldKind.SECRET,
            hint="Sixteen characters or more; it proves that a call is from your switchboard.",
        ),
        Field(
            name="provider_token",
            label="Auth Token of Twilio",
            kind=FieldKind.SECRET,
            hint="Only if calls run through Twilio, which signs with it.",
            is_required=False,
            is_advanced=True,
        ),
    )

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Read what was filled in; there is nobody to ask."""
        number = e164(given["number"])
        if number is None:
            message = "Please give the number with its country, such as +493012345678."
            msg = "number"
            raise FieldRefused(msg, message)
        token = given["token"].strip()
        if len(token) < _SHORTEST:
            message = "Please take sixteen characters or more."
            msg = "token"
            raise FieldRefused(msg, message)
        signing_with = tuple(filter(None, (token, given.get("provider_token", "").strip())))
        return Connected(
            external_id=number,
            handle=number,
            settings={"number": number},
            ingress=IngressSecrets(signing_with),
        )

    def health(self, account: Account) -> Health:
        """Whether the line is known by its number; nobody can be asked more."""
        if e164(account.settings.get("number", "")) is None:
            words = "This line has no number. Connect it again."
            return Health((HealthCheck("settings", HealthState.BAD, words),))
        return Health((HealthCheck("settings"),))

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """Nothing can be written to a telephone line: it says what to do instead."""
        del account, draft, now
        words = "Call them, then note here whether you reached them."
        return [Problem("read_only", words)]

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``signing``."""
        signing.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """A delivery concerns one line, a list of calls perhaps several."""
        return parse.lines_of(raw)

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)
