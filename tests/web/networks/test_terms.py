"""A network's terms in the settings: access, versions, quota, spend, cap, keeping, proof."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.channels.models import Channel, ChannelHealth, NetworkTerms
from hearwell.channels.services import connect_channel, metering
from hearwell.connect import registry
from hearwell.connect.contract import Metered
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Draft, IngressSecrets, Raw
from hearwell.connect.terms import AccessLevel, ApiVersion, Charge, Price, Quota, Retention
from hearwell.events.models import Event
from hearwell.events.registry import handlers_of
from hearwell.events.tasks import handle
from hearwell.kit.clock import now
from hearwell.kit.seal import make_keys
from hearwell.notifications import networks
from hearwell.notifications.models import Device, Notice
from tests.factories import make_channel
from tests.pigeon import Pigeon

URL = "/settings/networks/pigeon/terms/"


def _in(days: int) -> date:
    return now().date() + timedelta(days=days)


@dataclass
class Courier(Pigeon, Metered):
    """Pigeons with terms."""

    manifest: ClassVar[Manifest] = replace(
        Pigeon.manifest,
        is_by_contract=True,
        access=(
            AccessLevel("seed", "Seed", "Reads crumbs.", "Ask the keeper.", "https://p.test/"),
        ),
        versions=(ApiVersion("v1", _in(-3)), ApiVersion("v2", _in(60))),
        prices=(Price("write", "A message sent", 20_000),),
        quota=Quota(100, "America/Los_Angeles", ()),
        retention=Retention("Pigeons forget.", text=timedelta(days=30)),
    )

    def heard(self, raw: Raw) -> Sequence[Charge]:
        """Free."""
        return ()

    def said(self, draft: Draft) -> Sequence[Charge]:
        """One each."""
        return (Charge("write"),)


@pytest.fixture
def courier(monkeypatch: pytest.MonkeyPatch, workspace: Workspace, tmp_path, settings) -> Channel:
    make_keys(tmp_path)
    settings.HEARWELL_KEYS = tmp_path
    monkeypatch.setitem(registry._connectors, "pigeon", Courier())
    with scope(workspace.id):
        channel = connect_channel(
            workspace_id=workspace.id,
            network="pigeon",
            handle="@northwind",
            external_id="loft",
            brand="Northwind",
            secrets={},
            ingress=IngressSecrets(("s",)),
            tier="seed",
        )
        metering.charge(channel, [Charge("write", 3)])
        checks = [{"name": "scopes", "state": "bad", "message": "The right coo:write is missing."}]
        ChannelHealth.objects.update_or_create(
            workspace_id=workspace.id, channel=channel, defaults={"checks": checks, "state": "bad"}
        )
    return channel


def _text(client: Client, url: str) -> str:
    return unescape(" ".join(client.get(url).content.decode().split()))


def test_it_tells_access_versions_quota_spend_and_keeping(courier: Channel, owner: Client) -> None:
    page = _text(owner, URL)
    for words in (
        "by contract", "Reads crumbs.", "Ask the keeper.", "https://p.test/", "yours",
        "v1", "ended on", "v2", "97 of 100 units are left today.", "$0.06 spent this month.",
        "Pigeons forget.", "30 days", "The right coo:write is missing.",
    ):  # fmt: skip
        assert words in page, words


def test_admins_are_warned_sixty_days_ahead_and_not_before(
    courier: Channel, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "version v2 of its interface ends on" in _text(owner, "/settings/networks/")
    later = replace(Courier.manifest, versions=(ApiVersion("v3", _in(61)),))
    monkeypatch.setattr(Courier, "manifest", later)
    assert "of its interface" not in _text(owner, "/settings/networks/")


def test_a_cap_is_kept_and_at_it_everybody_who_looks_is_told(
    courier: Channel, owner: Client
) -> None:
    given = {"cap": "0.05", "price-write": "0.03"}
    assert owner.post(URL + "save/", given).status_code == 302
    with scope(courier.workspace_id):
        kept = NetworkTerms.objects.get()
    assert (kept.cap_micros, kept.prices) == (50_000, {"write": 30_000})
    assert "the monthly spending cap is reached" in _text(owner, "/settings/networks/")
    assert "The cap is reached" in _text(owner, URL)


@pytest.mark.parametrize("bad", ["much", "-1", "NaN", "1e99"])
def test_what_is_no_amount_changes_nothing_and_is_said_at_the_field(
    courier: Channel, owner: Client, bad: str
) -> None:
    answer = owner.post(URL + "save/", {"cap": "5", "price-write": bad})
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert "Write an amount in dollars" in page
    assert f'value="{bad}"' in page
    with scope(courier.workspace_id):
        assert not NetworkTerms.objects.exists()


def test_agents_neither_see_nor_change_it(courier: Channel, agent: Client) -> None:
    assert agent.get(URL).status_code == 403
    assert agent.post(URL + "save/", {"cap": "5"}).status_code == 403


def test_an_unknown_network_and_one_without_prices_have_nothing_to_keep(owner: Client) -> None:
    assert owner.get("/settings/networks/nowhere/terms/").status_code == 404
    assert owner.post("/settings/networks/sandbox/terms/save/", {"cap": "1"}).status_code == 404
    assert owner.get("/settings/networks/sandbox/terms/").status_code == 200


def test_a_changed_cap_is_undone_and_the_undoing_too(courier: Channel, owner: Client) -> None:
    assert "Undo the last change" not in _text(owner, URL)
    for cap in ("50", "5"):
        owner.post(URL + "save/", {"cap": cap, "price-write": "0.03"})
    page = _text(owner, URL)
    assert "a cap of $5.00 instead of $50.00." in page
    for kept in (50_000_000, 5_000_000):
        (change,) = re.findall(r'name="change" value="([^"]+)"', _text(owner, URL))
        said = owner.post(URL + "undo/", {"change": change}, follow=True).content.decode()
        assert "as they were before" in said
        with scope(courier.workspace_id):
            terms = NetworkTerms.objects.get()
        assert (terms.cap_micros, terms.prices) == (kept, {"write": 30_000})


def test_what_was_changed_since_is_not_undone(courier: Channel, owner: Client) -> None:
    owner.post(URL + "save/", {"cap": "50"})
    (change,) = re.findall(r'name="change" value="([^"]+)"', _text(owner, URL))
    owner.post(URL + "save/", {"cap": "7"})
    for stale in (change, "nonsense"):
        said = owner.post(URL + "undo/", {"change": stale}, follow=True).content.decode()
        assert "Somebody has changed it since" in said
    with scope(courier.workspace_id):
        assert NetworkTerms.objects.get().cap_micros == 7_000_000


def test_no_page_asks_more_the_more_there_is(
    courier: Channel, owner: Client, budget: Callable[[int], AbstractContextManager[None]]
) -> None:
    owner.post(URL + "save/", {"cap": "50"})
    owner.get(URL)
    with budget(14):
        owner.get(URL)
    with scope(courier.workspace_id):
        for number in range(5):
            make_channel(network="pigeon", handle=f"@loft{number}")
        for _ in range(5):
            metering.charge(courier, [Charge("write"), Charge("read")])
    for cap in ("40", "30"):
        owner.post(URL + "save/", {"cap": cap})
    with budget(14):
        owner.get(URL)


def test_the_connect_form_says_that_it_is_built_by_contract(owner: Client) -> None:
    assert "has never spoken to the live network" in _text(owner, "/settings/networks/connect/x/")
    words = _text(owner, "/settings/networks/connect/telegram/")
    assert "has never spoken to the live network" not in words


def _handle_all(place: UUID) -> None:
    rows = Event.objects.filter(name__in=("SpendingNearsCap", "QuotaUsedUp")).order_by("id")
    for row in rows:
        for handler in handlers_of(row.name):
            handle(workspace_id=str(place), handler=handler, event_ids=[str(row.id)])


def test_who_looks_after_the_networks_is_told_of_them(
    courier: Channel, owner: Client, alice: User, bob: User
) -> None:
    with scope(courier.workspace_id):
        for user in (alice, bob):
            Device.objects.create(
                workspace_id=courier.workspace_id, user_id=user.id, digest=user.id.bytes,
                endpoint="https://push.test/1", public_key=b"", auth=b"", topics=["network"],
                only_here=False,
            )  # fmt: skip
        metering.set_terms(courier.workspace_id, "pigeon", cap_micros=90_000, prices={}, by=alice)
        metering.charge(courier, [Charge("write")])
        metering.charge(courier, [Charge("write")])
        metering.charge(courier, [Charge("write", 95)])
        _handle_all(courier.workspace_id)
        told = Notice.objects.order_by("made_at", "id")
        assert {one.device.user_id for one in told} == {alice.id}
        said = [networks.said_of(one.about) for one in told]
        assert [one.rpartition(": ")[2] for one in said] == [
            "the monthly spending cap is near.",
            "the monthly spending cap is reached. Nothing is asked or sent there any more.",
            "what is left of today's quota is too little for an answer.",
        ]
        assert networks.page_of(told[0].about) == URL
        found = networks.warned(courier.workspace_id)
    assert found == ["pigeon:ending", "pigeon:quota", "pigeon:reached"]
    page = _text(owner, "/settings/networks/")
    assert "what is left of today's quota is too little for an answer" in page


def test_of_a_version_that_ends_devices_are_told_in_the_morning(
    courier: Channel, alice: User, workspace: Workspace
) -> None:
    with scope(workspace.id):
        Device.objects.create(
            workspace_id=workspace.id, user_id=alice.id, digest=alice.id.bytes,
            endpoint="https://push.test/1", public_key=b"", auth=b"", topics=["network"],
            only_here=False,
        )  # fmt: skip
    nine = now().astimezone(ZoneInfo(workspace.time_zone)).replace(hour=9, minute=20)
    for moment, n in ((nine - timedelta(hours=1), 0), (nine, 1), (nine, 0)):
        with time_machine.travel(moment, tick=False):
            assert networks.tell_of_versions() == n
    with time_machine.travel(nine + timedelta(days=1), tick=False):
        assert networks.tell_of_versions() == 0


def test_another_workspace_s_meter_accounts_and_cap_are_not_told(
    courier: Channel, owner: Client, other_workspace: Workspace
) -> None:
    with scope(other_workspace.id):
        theirs = connect_channel(
            workspace_id=other_workspace.id,
            network="pigeon",
            handle="@contoso-secret",
            external_id="their-loft",
            brand="Contoso",
        )
        metering.charge(theirs, [Charge("write", 50)])
        metering.set_terms(
            other_workspace.id, "pigeon", cap_micros=1_234_560_000, prices={}, by=_anybody()
        )
    for url in (URL, "/settings/networks/"):
        page = _text(owner, url)
        assert "contoso-secret" not in page
        assert "1234.56" not in page
    assert "97 of 100 units are left today." in _text(owner, URL)
    owner.post(URL + "save/", {"cap": "5"})
    with scope(other_workspace.id):
        assert NetworkTerms.objects.get().cap_micros == 1_234_560_000


def _anybody() -> User:
    return User.objects.create_user("charlie@contoso.example", name="Charlie")
