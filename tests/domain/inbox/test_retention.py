"""What a network does not let us keep goes at the hour, also from open cases, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hearwell.accounts.models import AuditRow, Workspace
from hearwell.channels.models import Channel
from hearwell.connect import registry
from hearwell.connect.model import Media
from hearwell.connect.terms import Retention
from hearwell.conversations.models import Case, Message, MessageVersion
from hearwell.conversations.services import record_edit
from hearwell.conversations.services import retention as letting_go
from hearwell.inbox.retention import keep_to_rules
from tests.factories import make_channel, make_edit, make_item, make_reply, receive
from tests.pigeon import Pigeon

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MONTH, DAY = timedelta(days=30), timedelta(days=1)
PICTURE = Media("image", "https://pigeon.test/a.png")


@pytest.fixture(autouse=True)
def _start() -> Iterator[None]:
    with time_machine.travel(START, tick=False):
        yield


def _ruled(monkeypatch: pytest.MonkeyPatch, rule: Retention | None) -> None:
    manifest = replace(Pigeon.manifest, retention=rule)
    kind = type("Ruled", (Pigeon,), {"manifest": manifest})
    monkeypatch.setitem(registry._connectors, "pigeon", kind())


def _written(channel: Channel, text: str = "My bag is lost", **values: object) -> Message:
    item = make_item(text, occurred_at=START, media=(PICTURE,), **values)
    (message,) = receive(channel, [item])
    Message.objects.filter(id=message.id).update(received_at=START)
    return message


@pytest.fixture
def channel(workspace: Workspace) -> Channel:
    return make_channel("pigeon")


def _at(age: timedelta) -> int:
    with time_machine.travel(START + age, tick=False):
        return keep_to_rules()


def test_words_go_exactly_when_their_time_is_over(
    monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    _ruled(monkeypatch, Retention("A month.", text=MONTH))
    message = _written(channel)

    assert _at(MONTH - timedelta(microseconds=1)) == 0
    message.refresh_from_db()
    assert message.text == "My bag is lost"

    assert _at(MONTH) == 1
    message.refresh_from_db()
    assert (message.text, message.media, message.search, message.is_purged) == ("", [], None, True)
    assert _at(2 * MONTH) == 0
    line = AuditRow.objects.get(action="network.retention")
    assert line.after is not None
    assert (line.summary, line.after["messages"], line.after["what"]) == ("pigeon", 1, "words")


def test_an_open_case_is_no_exception_and_stays_open(
    monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    _ruled(monkeypatch, Retention("A day.", text=DAY))
    message = _written(channel)
    case = Case.objects.get(id=message.case_id)

    _at(DAY)

    after = Case.objects.get(id=case.id)
    assert after.closed_at is None
    assert "bag" not in f"{after.title} {after.preview}"
    message.refresh_from_db()
    assert message.deleted_at is None  # nobody deleted it: it can still be answered


def test_files_alone_go_where_only_they_must(
    monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    _ruled(monkeypatch, Retention("Files a day.", media=DAY))
    message = _written(channel)
    assert _at(DAY) == 1
    message.refresh_from_db()
    assert (message.text, message.media, message.is_purged) == ("My bag is lost", [], False)
    assert _at(2 * DAY) == 0


def test_our_own_words_and_other_networks_stay(
    monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    _ruled(monkeypatch, Retention("A day.", text=DAY))
    message = _written(channel)
    ours = make_reply(Case.objects.get(id=message.case_id), at=START)
    elsewhere = _written(make_channel("sandbox", external_id="other", handle="Other"))
    _at(DAY)
    ours.refresh_from_db()
    elsewhere.refresh_from_db()
    assert ours.text
    assert elsewhere.text


def test_earlier_wordings_go_and_a_late_edit_brings_nothing_back(
    monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    _ruled(monkeypatch, Retention("A day.", text=DAY))
    item = make_item("My bag is lost", occurred_at=START)
    (message,) = receive(channel, [item])
    record_edit(channel, [make_edit(item, "My red bag is lost")])
    Message.objects.filter(id=message.id).update(received_at=START)
    _at(DAY)
    assert not MessageVersion.objects.filter(message_id=message.id).exists()

    record_edit(channel, [make_edit(item, "My blue bag is lost", version=3)])
    message.refresh_from_db()
    assert (message.text, message.search) == ("", None)
    assert not MessageVersion.objects.filter(message_id=message.id).exists()


def test_it_goes_in_batches(monkeypatch: pytest.MonkeyPatch, channel: Channel) -> None:
    _ruled(monkeypatch, Retention("A day.", text=DAY))
    for number in range(5):
        _written(channel, f"Line {number}", thread_key=f"t{number}")
    with time_machine.travel(START + DAY, tick=False):
        sizes = [
            len(letting_go.let_go_of_words(channel.workspace_id, [channel.id], START, 2))
            for _ in range(4)
        ]
    assert sizes == [2, 2, 1, 0]


def test_a_network_without_a_rule_keeps_everything(
    monkeypatch: pytest.MonkeyPatch, channel: Channel
) -> None:
    _ruled(monkeypatch, None)
    _written(channel)
    assert _at(10 * MONTH) == 0
