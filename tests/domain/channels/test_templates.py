"""Approved templates: read again with each health check, kept among the account's settings."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.channels.services.polling import check_health
from hearwell.connect import registry
from hearwell.connectors.whatsapp.fake import Fake
from hearwell.connectors.whatsapp.fake_network import NUMBER, WABA
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


def test_what_was_known_stays_where_nobody_answers(fake: Fake, number: Channel) -> None:
    check_health(number.workspace_id, number.id)
    known = names(fake, number)
    for trouble in ("outage", "token_expired", "throttled"):
        fake.network.trouble = {trouble}
        check_health(number.workspace_id, number.id)
        assert names(fake, number) == known
