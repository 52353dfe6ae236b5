"""Two pigeon networks that a person can connect: one by a form, one by consent on its own page.

`Loft` is the network's side: who may land with which ring, and what it was told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection

from hearwell.connect.connecting import Connected, Departure, Field, FieldKind, FieldRefused, Step
from hearwell.connect.contract import Authorizes, Connects, Replies, Subscribes
from hearwell.connect.failures import Failure, NeedsReauth
from hearwell.connect.health import Allowance, Health, HealthCheck, HealthState
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Account, Audience, Draft, IngressSecrets, Pending, Sent
from tests.pigeon import THEN, Pigeon

RING = "golden ring"


@dataclass
class Loft:
    """What the network knows and was told; tests set what it says."""

    external_id: str = "loft-7"
    handle: str = "@northwind"
    rings: tuple[str, ...] = (RING,)
    secrets: dict[str, str] = field(default_factory=dict)
    checks: tuple[HealthCheck, ...] = (HealthCheck("credentials", HealthState.OK),)
    expires_at: datetime | None = None
    allowance: Allowance | None = None
    raises: Exception | None = None
    hooks: list[tuple[str, IngressSecrets]] = field(default_factory=list)
    hook_failure: Failure | None = None
    farewells: list[Account] = field(default_factory=list)
    # Whether a transaction was open at each call: none may be.
    in_transaction: list[bool] = field(default_factory=list)

    def land(self, ring: str) -> Connected:
        """Say who comes with this ring."""
        self.in_transaction.append(connection.in_atomic_block)
        if self.raises is not None:
            raise self.raises
        if ring not in self.rings:
            raise FieldRefused(field_name="ring", message="No pigeon wears this ring.")
        return Connected(
            external_id=self.external_id,
            handle=self.handle,
            settings={"perch": "south"},
            secrets=self.secrets or {"ring": ring},
            scopes=frozenset({"coo"}),
        )

    def health(self) -> Health:
        """Say how the pigeon fares."""
        self.in_transaction.append(connection.in_atomic_block)
        return Health(self.checks, expires_at=self.expires_at, allowance=self.allowance)


@dataclass
class Homing(Pigeon, Connects, Subscribes, Replies):
    """Connected by a form; must be told where to fly to."""

    manifest: ClassVar[Manifest] = replace(
        Pigeon.manifest,
        network="homing",
        title="Homing pigeons",
        reply_audiences=frozenset({Audience.PUBLIC}),
    )
    steps: ClassVar[Sequence[Step]] = (
        Step("Put a ring on a pigeon.", "https://pigeon.test/rings"),
        Step("Read the ring's number."),
    )
    fields: ClassVar[Sequence[Field]] = (
        Field(name="ring", label="Ring", kind=FieldKind.SECRET, hint="On its left leg."),
        Field(
            name="perch",
            label="Perch",
            kind=FieldKind.CHOICE,
            choices=(("south", "South"), ("north", "North")),
            default="south",
            is_advanced=True,
        ),
        Field(name="loud", label="It may coo at night", kind=FieldKind.CHECK, default="1"),
    )
    loft: Loft = field(default_factory=Loft)
    given: list[Mapping[str, str]] = field(default_factory=list)

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Land."""
        self.given.append(given)
        return self.loft.land(given["ring"])

    def health(self, account: Account) -> Health:
        """As the loft says."""
        return self.loft.health()

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Remember where to fly."""
        self.loft.in_transaction.append(connection.in_atomic_block)
        if account.secrets.get("ring") == "tarnished":
            raise NeedsReauth
        if self.loft.hook_failure is not None:
            raise self.loft.hook_failure
        self.loft.hooks.append((hook_url, secrets))

    def unsubscribe(self, account: Account) -> None:
        """Forget it."""
        if self.loft.hook_failure is not None:
            raise self.loft.hook_failure
        self.loft.farewells.append(account)

    def identity(self, account: Account) -> str:
        """Who the ring speaks for."""
        return self.loft.external_id

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """Fly."""
        return Sent(key, "https://pigeon.test/1", THEN)

    def find_sent(self, *args: Any, **kwargs: Any) -> Sent | None:
        """Nothing ever comes back."""
        return None


@dataclass
class Carrier(Pigeon, Authorizes):
    """Connected by consent on the network's page."""

    manifest: ClassVar[Manifest] = replace(
        Pigeon.manifest, network="carrier", title="Carrier pigeons"
    )
    fields: ClassVar[Sequence[Field]] = (
        Field(name="server", label="Server", kind=FieldKind.ADDRESS, example="pigeon.test"),
    )
    loft: Loft = field(default_factory=Loft)
    page: str = "https://pigeon.test/consent?state="
    finished: list[tuple[Mapping[str, str], Mapping[str, str], str]] = field(default_factory=list)

    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """Name the page of consent."""
        self.loft.in_transaction.append(connection.in_atomic_block)
        if given["server"] == "nowhere":
            raise FieldRefused(field_name="server", message="Nobody lives there.")
        return Departure(self.page + state, {"verifier": "pkce", "server": given["server"]})

    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """Trade the code in."""
        self.finished.append((keep, query, return_url))
        return self.loft.land(query.get("code", ""))

    def health(self, account: Account) -> Health:
        """As the loft says."""
        return self.loft.health()
