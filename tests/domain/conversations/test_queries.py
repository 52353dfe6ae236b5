"""Lists, counts, pages and search."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import User, Workspace
from hearwell.conversations import queries, services
from hearwell.conversations.listing import COUNTED, QUEUES, CaseFilter, matches
from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.triage.models import Verdict
from tests.factories import (
    make_case,
    make_channel,
    make_dm,
    make_echo,
    make_edit,
    make_item,
    make_reply,
    receive,
)


def numbers(
    workspace: Workspace, cursor: str | None = None, limit: int = 50, **wishes: Any
) -> list[int]:
    page = queries.case_list(workspace.id, CaseFilter(**wishes), cursor, limit)
    return [row.number for row in page.rows]


@pytest.fixture
def desk(workspace: Workspace, alice: User, bob: User) -> dict[str, Case]:
    """One case of every sort."""
    care, mail = make_channel(), make_channel(network="mail", handle="care@northwind.example")
    cases = {
        "late": make_case("Where is my bag?", care),
        "urgent": make_case("I am stranded at the airport", mail),
        "timeless": make_case("My seat is broken", care),
        "bobs": make_case("Can I bring a cello?", mail),
        "praise": make_case("Great crew, thank you!", care),
        "quiet": make_case("lol", care),
        "snoozed": make_case("Is the lounge open?", care),
        "closed": make_case("The app crashed", care),
        "answered": make_case("When do you land?", care),
    }
    (old,) = receive(care, [make_item("Old story, where is it?")], historic=True)
    cases["archive"] = old.case
    due = {"late": -10, "urgent": 30, "bobs": 20}
    services.reschedule({cases[key].id: now() + timedelta(minutes=n) for key, n in due.items()})
    services.assign([cases["bobs"].id, cases["snoozed"].id], bob.id)
    services.snooze(cases["snoozed"].id, now() + timedelta(days=1))
    services.close(cases["closed"].id, "solved", bob.id)
    make_reply(cases["answered"])
    services.mark_read([cases["bobs"].id])
    services.tag([cases["late"].id], ["Refund"])
    return cases


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ({"queue": "needs"}, ["late", "bobs", "urgent", "timeless"]),
        ({"queue": "urgent"}, ["urgent"]),
        ({"queue": "late"}, ["late"]),
        ({"queue": "unassigned"}, ["late", "urgent", "timeless"]),
        ({"queue": "seen"}, ["bobs"]),
        ({"queue": "mine"}, ["bobs"]),
        ({"queue": "praise"}, ["praise"]),
        ({"queue": "quiet"}, ["quiet"]),
        ({"queue": "snoozed"}, ["snoozed"]),
        ({"queue": "closed"}, ["closed"]),
        ({"queue": "archive"}, ["archive"]),
        ({"queue": "no such"}, ["late", "bobs", "urgent", "timeless"]),
        ({"queue": "needs", "network": "mail"}, ["bobs", "urgent"]),
        ({"queue": "needs", "kind": "complaint"}, ["urgent", "timeless"]),
        ({"queue": "needs", "assignee": "none"}, ["late", "urgent", "timeless"]),
        ({"queue": "needs", "audience": "private"}, []),
        ({"queue": "needs", "tag": "refund"}, ["late"]),
        ({"queue": "needs", "team_id": UUID(int=7)}, []),
        ({"text": "app crashed"}, ["closed"]),
        ({"text": "no such words"}, []),
    ],
    ids=str,
)
def test_lists(
    workspace: Workspace,
    bob: User,
    desk: dict[str, Case],
    wishes: dict[str, Any],
    expected: list[str],
) -> None:
    assert numbers(workspace, user_id=bob.id, **wishes) == [desk[key].number for key in expected]


def test_pages_and_live_updates_agree(
    workspace: Workspace, bob: User, desk: dict[str, Case]
) -> None:
    rows = queries.case_rows(workspace.id, list(Case.objects.values_list("id", flat=True)))
    filters = [CaseFilter(queue, bob.id) for queue in QUEUES]
    filters += [
        CaseFilter("needs", bob.id, network="mail"),
        CaseFilter("all", bob.id, assignee="none"),
        CaseFilter("all", bob.id, assignee=bob.id, kind="question"),
        CaseFilter("all", bob.id, channel_id=desk["late"].channel_id, audience="public"),
    ]
    for wanted in filters:
        listed = {row.id for row in queries.case_list(workspace.id, wanted, limit=100).rows}
        assert listed == {row.id for row in rows if matches(wanted, row, bob.id)}, wanted


def test_counts_are_what_the_lists_hold(
    workspace: Workspace, alice: User, bob: User, desk: dict[str, Case]
) -> None:
    counts = queries.queue_counts_for(workspace.id, [alice.id, bob.id])

    for user in (alice, bob):
        for queue in (*COUNTED, "snoozed"):
            assert counts[user.id][queue] == len(numbers(workspace, user_id=user.id, queue=queue))
    care = desk["late"].channel_id
    assert counts[bob.id][f"channel:{care}"] == 2
    assert queries.queue_counts(workspace.id, bob.id) == counts[bob.id]


def test_counts_of_nothing(workspace: Workspace, bob: User) -> None:
    assert queries.queue_counts(workspace.id, bob.id)["needs"] == 0


@pytest.mark.parametrize("queue", ["needs", "all"])
def test_pages_follow_on_without_gap_or_repeat(workspace: Workspace, queue: str) -> None:
    channel = make_channel()
    receive(channel, [make_item(f"Where is bag {n}?") for n in range(23)])
    cases = list(Case.objects.all())
    same = now() + timedelta(hours=1)
    services.reschedule({case.id: same for case in cases[:5]})
    services.reschedule(
        {case.id: same + timedelta(minutes=n) for n, case in enumerate(cases[5:12])}
    )
    whole = numbers(workspace, queue=queue, limit=100)

    for size in (1, 3, 5, 12, 22, 23):
        seen: list[int] = []
        cursor = None
        while True:
            page = queries.case_list(workspace.id, CaseFilter(queue), cursor, size)
            seen += [row.number for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == whole, size
    assert len(whole) == 23


@pytest.mark.parametrize("cursor", ["", "x", "~", "2026~1", "~x", "’"])
def test_a_bad_cursor_is_the_beginning(workspace: Workspace, cursor: str) -> None:
    case = make_case()
    assert numbers(workspace, cursor) == [case.number]


def test_a_row_has_everything_the_list_shows(workspace: Workspace, bob: User) -> None:
    case = make_case("Where is my bag?")
    services.assign([case.id], bob.id)

    (row,) = queries.case_rows(workspace.id, [case.id, uuid4()])

    assert (row.contact_name, row.channel_handle, row.assignee_initials) == (
        "Lena Vik", "NorthwindAir", "BB",
    )  # fmt: skip
    assert (row.label, row.preview) == ("HW-1001", "Where is my bag?")
    assert row.certainty == round(100 * Verdict.objects.get(message__case=case).certainty)


def test_a_case_page_has_everything_around_the_thread(workspace: Workspace, bob: User) -> None:
    channel = make_channel()
    earlier = make_case("The app crashed", channel)
    case = make_case("Where is my bag?", channel)
    services.tag([case.id], ["Refund"], bob.id)

    with CaptureQueriesContext(connection) as captured:
        page = queries.case_page(workspace.id, case.id, bob.id)

    assert len(captured) == 1
    assert page is not None
    assert page.case == case
    assert vars(page.case).keys() >= {"due_at", "opened_at"}
    assert page.case.opened_at == case.opened_at
    assert page.contact_name == "Lena Vik"
    assert [identity.handle for identity in page.identities] == ["lenavik_nw"]
    assert [thread.network for thread in page.conversations] == ["sandbox"]
    assert [line.verb for line in page.log] == ["tagged"]
    assert [other.id for other in page.earlier] == [earlier.id]
    assert page.earlier_count == 1


def test_an_absent_case_has_no_page(workspace: Workspace) -> None:
    assert queries.case_page(workspace.id, uuid4()) is None


def test_messages_come_in_pages_oldest_first(workspace: Workspace) -> None:
    channel = make_channel()
    items = [
        make_dm(str(n), thread_key="t", occurred_at=now() + timedelta(seconds=n)) for n in range(7)
    ]
    case_id = receive(channel, items)[0].case_id

    latest = queries.messages_of(workspace.id, case_id, limit=3)
    first = latest.messages[0]
    before = queries.messages_of(workspace.id, case_id, limit=10, before=(first.sent_at, first.id))

    assert [message.text for message in latest.messages] == ["4", "5", "6"]
    assert [message.text for message in before.messages] == ["0", "1", "2", "3"]
    assert (latest.has_earlier, before.has_earlier) == (True, False)


def test_versions_are_read_only_where_there_are_any(workspace: Workspace) -> None:
    channel, item = make_channel(), make_item()
    (message,) = receive(channel, [item])
    with CaptureQueriesContext(connection) as captured:
        queries.messages_of(workspace.id, message.case_id)
    assert len(captured) == 1

    services.record_edit(channel, [make_edit(item, "Where are my bags?")])

    page = queries.messages_of(workspace.id, message.case_id)
    assert [version.text for version in page.versions[message.id]] == [
        item.text,
        "Where are my bags?",
    ]


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("bag", True),
        ("LOST ba", True),
        ("bags", False),
        ("lost tromso", True),
        ("Tromsø", True),
        ("lena vik", True),
        ("@lenavik_nw", True),
        ("lenav", True),
        ("HW-1001", True),
        ("1001", True),
        ("#1001", True),
        ("99999999999", False),
        ("東京", True),
        ("駅", True),
        ("กระเป๋า", True),
        ('"lost in Tromsø"', True),
        ('"in lost"', False),
        ("' | 'x", False),
        ("?", False),
        ("lost -bergen", True),
        ("lost -tromso", False),
        ('lost -"in Tromsø"', False),
        ('lost -"in Oslo"', True),
        ("lost -東京", False),
        ("-bergen", False),
        ('"Lena Vik"', True),
        ('"Lena Wik"', False),
    ],
)
def test_search(workspace: Workspace, asked: str, is_found: bool) -> None:
    case = make_case("My bag was lost in Tromsø, or 東京駅. กระเป๋าเดินทางหาย")

    assert queries.search(workspace.id, asked) == ([case.id] if is_found else [])


def test_search_finds_what_was_written_last_first(workspace: Workspace) -> None:
    channel = make_channel()
    old, new = (make_case("cello", channel, occurred_at=now() - timedelta(hours=n)) for n in (2, 1))

    assert queries.search(workspace.id, "cello") == [new.id, old.id]


def test_an_edit_is_found_by_its_new_words_only(workspace: Workspace) -> None:
    channel, item = make_channel(), make_item("My cello is lost")
    (message,) = receive(channel, [item])

    services.record_edit(channel, [make_edit(item, "My viola is lost")])

    assert queries.search(workspace.id, "viola") == [message.case_id]
    assert queries.search(workspace.id, "cello") == []
    assert queries.search(workspace.id, "lenavik_nw") == [message.case_id]


@pytest.mark.usefixtures("as_app_role")
def test_another_workspace_sees_nothing(workspace: Workspace, other_workspace: Workspace) -> None:
    channel = make_channel()
    case = make_case("My cello is lost", channel)
    receive(channel, [make_echo(thread_key="x")])

    with scope(other_workspace.id):
        assert queries.search(other_workspace.id, "cello") == []
        assert queries.search(workspace.id, "cello") == []
        assert queries.case_page(workspace.id, case.id) is None
        assert numbers(workspace) == []
        assert not Case.objects.exists()
    assert queries.search(workspace.id, "cello") == [case.id]


def test_a_word_that_everybody_says_is_found_latest_first(workspace: Workspace) -> None:
    message = make_case("hello").messages.get()
    with connection.cursor() as cursor:  # more than the search looks up in its index
        cursor.execute(
            """INSERT INTO conversations_message
            SELECT (jsonb_populate_record(m, jsonb_build_object(
                'id', gen_random_uuid(), 'remote_id', n, 'sent_at', m.sent_at - n * interval '1 s'
            ))).* FROM conversations_message m, generate_series(1, 20000) n"""
        )

        def found(wording: str, at_most: int) -> list[Any]:
            question = ["'hello'", wording, at_most]
            cursor.execute(
                "SELECT message_id FROM conversations_search(%s, %s::text[], %s)", question
            )
            return [row[0] for row in cursor.fetchall()]

        assert len(found("{}", 30_000)) == 20_001
        assert found("{}", 1) == [message.id]
        assert found("{bag}", 30_000) == []
        cursor.execute(
            "SELECT setting FROM pg_settings WHERE name ~ '^enable_(seq|index|bitmap)scan$'"
        )
        assert cursor.fetchall() == [("on",)] * 3


def test_a_thread_is_in_its_case_and_in_no_other_workspace_s(
    workspace: Workspace, other_workspace: Workspace
) -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_item("Where is my bag?", thread_key="thread-1")])
    found = queries.case_of_thread(workspace.id, channel.id, "thread-1")
    assert found == message.case_id
    assert queries.case_of_thread(workspace.id, channel.id, "thread-2") is None
    assert queries.case_of_thread(other_workspace.id, channel.id, "thread-1") is None


def test_a_search_keeps_to_the_filter_beside_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = make_channel(), make_channel("mail")
    near, far = make_case("lost cello", here), make_case("lost cello", there)
    wanted = CaseFilter(text="cello", network="mail")

    for few in (2000, 0):  # looked through case by case, and by the index
        monkeypatch.setattr("hearwell.conversations.finding._FEW", few)
        page = queries.case_list(workspace.id, wanted)
        assert [row.id for row in page.rows] == [far.id]
        assert not page.is_cut
    assert near.id in queries.search(workspace.id, "cello")


def test_what_is_found_says_where_it_stands(workspace: Workspace) -> None:
    channel = make_channel()
    case = make_case("Hello there. My cello is lost", channel)
    make_case("Nothing of the kind", channel)

    (row,) = queries.case_list(workspace.id, CaseFilter(text="cello")).rows

    assert (row.id, row.said) == (case.id, "Hello there. My cello is lost")
    assert queries.case_list(workspace.id, CaseFilter("all")).rows[0].said == ""
