"""A network's terms in the settings: access, versions, quota, spend, cap, keeping, proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape
from typing import ClassVar

import pytest
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
from hearwell.kit.clock import now
from hearwell.kit.seal import make_keys
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
