"""Approved templates: read again with each health check, kept among the account's settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.channels.services.polling import check_health
from hearwell.connect import registry
from hearwell.connect.templates import Filled
from hearwell.connectors.whatsapp.fake import Fake
from hearwell.connectors.whatsapp.fake_network import NUMBER, WABA
from hearwell.kit.clock import now
from tests.domain.channels.conftest import connected


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    made = Fake()
    monkeypatch.setitem(registry._connectors, "whatsapp", made.connector)
    return made


@pytest.fixture
def number(workspace: Workspace, fake: Fake) -> Channel:
    return connected(
        workspace,
        network="whatsapp",
        external_id=NUMBER,
        settings={"waba_id": WABA, "app_id": fake.network.app.id},
        secrets=dict(fake.account.secrets),
        ingress=fake.ingress,
    )


def names(fake: Fake, number: Channel) -> list[str]:
    number.refresh_from_db()
    return [one.name for one in fake.connector.templates(account_of(number))]


def test_a_check_reads_what_is_approved_by_now(fake: Fake, number: Channel) -> None:
    assert names(fake, number) == []
    fake.connector.subscribe(fake.account, "https://care.example/h", fake.ingress)  # type: ignore[arg-type]
    check_health(number.workspace_id, number.id)
    assert names(fake, number) == ["bag_found", "order_news", "write_again"]
    assert number.settings["waba_id"] == WABA
    fake.network.templates[0]["status"] = "PAUSED"
    check_health(number.workspace_id, number.id)
    assert names(fake, number) == ["order_news", "write_again"]


def test_one_gone_or_paused_since_it_was_chosen_is_not_sent(fake: Fake, number: Channel) -> None:
    check_health(number.workspace_id, number.id)
    number.refresh_from_db()
    account = account_of(number)
    (chosen, *_others) = fake.connector.templates(account)
    draft = replace(
        fake.draft(),
        text=chosen.text(dict(chosen.samples)),
        template=Filled(chosen.name, chosen.language, chosen.samples),
    )
    assert [one.code for one in fake.connector.preflight(account, draft, now())] == []
    for status in ("PAUSED", "DISABLED", "PENDING_DELETION", "REJECTED", None):
        fake.network.templates[0]["status"] = status
        check_health(number.workspace_id, number.id)
        number.refresh_from_db()
        found = fake.connector.preflight(account_of(number), draft, now())
        assert [(one.code, one.blocking) for one in found] == [("refused", True)]
        assert "no longer approved" in found[0].message
    fake.network.templates.clear()
    check_health(number.workspace_id, number.id)
    assert names(fake, number) == []


def test_what_was_known_stays_where_nobody_answers(fake: Fake, number: Channel) -> None:
    check_health(number.workspace_id, number.id)
    known = names(fake, number)
    for trouble in ("outage", "token_expired", "throttled"):
        fake.network.trouble = {trouble}
        check_health(number.workspace_id, number.id)
        assert names(fake, number) == known
