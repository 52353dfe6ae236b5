"""The fairness audit: who is answered how often and how soon, said with n, warned where unlike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hearwell.connect.model import Author, Entity
from hearwell.contacts.models import Identity
from hearwell.contacts.services import identify
from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.kit.rows import insert
from hearwell.kit.scope import scope
from hearwell.reports.models import NeedFact
from hearwell.sla.services.promises import ensure_defaults
from hearwell.triage.models import Verdict
from hearwell.triage.queries import verdicts_of
from tests.factories import make_channel, make_dm, make_item, receive

pytestmark = pytest.mark.django_db


def _waited(workspace: Any, messages: list[Message], wall_s: int | None, *, days: int = 5) -> None:
    """Let messages have needed an answer, and got it after so long or never."""
    at = now() - timedelta(days=days)
    replied_at = None if wall_s is None else at + timedelta(seconds=wall_s)
    heard = verdicts_of(workspace.id, [one.id for one in messages])
    insert([
        NeedFact(
            workspace_id=workspace.id, message_id=one.id, revision=revision, needs=revision > 0,
            language=heard[one.id].language, case_id=one.case_id, asked_at=at,
            replied_at=replied_at, wait_s=wall_s,
        )
        for one in messages
        for revision in (8, 9)  # the latest counts, once
    ])  # fmt: skip


def _wrote(n: int, language: str, *names: str, private: bool = False) -> list[Message]:
    make = make_dm if private else make_item
    entities = tuple(Entity(0, 1, "mention", name) for name in names)
    found = receive(make_channel(), [make("Where is it?", entities=entities) for _ in range(n)])
    Verdict.objects.filter(message__in=found).update(language=language)
    return found


@pytest.fixture
def desk(workspace):
    ensure_defaults(workspace)
    return workspace


def test_nothing_is_said_of_nothing(viewer):
    page = viewer.get("/fairness/").content.decode()
    assert page.count("No message needed an answer in this period.") == 3
    assert "Hearwell asks no network how many" in page


def test_groups_with_n_and_a_warning_where_they_are_unlike(desk, viewer, budget):
    _waited(desk, _wrote(40, "en", "NorthwindAir"), 600)
    _waited(desk, _wrote(30, "de", "NorthwindAir", "northwindair"), None)
    _waited(desk, _wrote(10, "de", "NorthwindAir", "Contoso", "Fabrikam", "Litware"), 7200)
    _waited(desk, _wrote(3, "", private=True), 60)
    _waited(desk, _wrote(2, ""), 90_000)  # a day is over before
    _waited(desk, _wrote(5, "en"), 60, days=0)  # may still be answered in time, or is too young
    with budget(15):
        page = viewer.get("/fairness/").content.decode()
    assert "Not everybody is answered alike: EN 100.0 %, DE 25.0 %." in page
    assert "p &lt; 0.001" in page
    assert "Nobody could tell" in page
    table = [
        line.split(",") for line in
        viewer.get("/fairness/?format=csv").content.decode().splitlines()[1:]
    ]  # fmt: skip
    assert [tuple(row[:5]) for row in table] == [
        ("language", "de", "40", "10", "0.25"), ("language", "en", "40", "40", "1.0"),
        ("language", "", "5", "3", "0.6"),
        # One name twice is one party; what is private names nobody to others.
        ("parties", "1", "72", "40", str(40 / 72)), ("parties", "3", "10", "10", "1.0"),
    ]  # fmt: skip


def test_of_very_many_a_part_is_taken_by_chance_and_that_is_said(desk, viewer, monkeypatch):
    _waited(desk, _wrote(300, "en"), 600)
    monkeypatch.setattr("hearwell.fairness.queries.MOST", 100)
    assert "one in 3 was taken" in viewer.get("/fairness/").content.decode()
    table = viewer.get("/fairness/?format=csv").content.decode().splitlines()
    assert 60 < int(table[1].split(",")[2]) < 140


def test_all_alike_warns_of_nothing(desk, viewer):
    for language in ("en", "de"):
        _waited(desk, _wrote(40, language), 600)
    assert "Not everybody" not in viewer.get("/fairness/").content.decode()


def test_tenths_by_followers_where_they_are_known(desk, viewer, budget):
    """Forty with none and forty with many; of the pigeon nobody tells. None of it is in a case."""
    few = receive(make_channel("mastodon"), [
        make_item("Where?", author=Author(f"f{n}", f"f{n}", "", 0)) for n in range(40)
    ])  # fmt: skip
    many = receive(make_channel("mastodon", handle="two"), [
        make_item("Where?", author=Author(f"m{n}", f"m{n}", "", 4_321_000 + n)) for n in range(40)
    ])  # fmt: skip
    _waited(desk, few, None)
    _waited(desk, many, 600)
    _waited(desk, _wrote(3, "en"), 60)
    with budget(15):
        page = viewer.get("/fairness/").content.decode()
    assert "Followers are known of 80 of 83 messages" in page
    assert "Not known of: " in page
    table = [
        line.split(",") for line in
        viewer.get("/fairness/?format=csv").content.decode().splitlines()
    ]  # fmt: skip
    tenths = {row[1]: (row[2], row[3]) for row in table if row[0] == "followers"}
    assert tenths.pop("0") == ("40", "0")
    assert sum(int(n) for n, _ in tenths.values()) == 40
    assert all(n == answered for n, answered in tenths.values())
    assert "4321" not in viewer.get(f"/c/{many[0].case_id}/").content.decode()


def test_a_count_follows_the_network_and_is_not_forgotten(desk):
    for told, known in ((7, 7), (9, 9), (None, 9)):
        author = Author("nora", "nora", "", told)
        found = identify(desk.id, "mastodon", [author])["nora"]
        assert found.followers == known
        assert Identity.objects.get(external_id="nora").followers == known


def test_another_desks_messages_are_not_counted(desk, other_workspace, owner):
    with scope(other_workspace.id):
        ensure_defaults(other_workspace)
        _waited(other_workspace, _wrote(3, "en"), 60)
    assert "No message needed an answer" in owner.get("/fairness/").content.decode()


def test_marketing_reads_no_audit_and_nobody_is_shown_a_face(desk, signed_in, agent):
    from tests.characters import _member

    outside = signed_in(_member(desk, "Mia Mars", "marketing", "MM"))
    assert outside.get("/fairness/").status_code == 403
    (message,) = _wrote(1, "en")
    for where in ("/inbox/", f"/c/{message.case_id}/"):
        page = agent.get(where)
        assert page.status_code == 200
        assert b"<img" not in page.content, where
