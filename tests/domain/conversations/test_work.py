"""What people do with cases, alone and at the same time."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from hearwell.accounts.models import User, Workspace
from hearwell.conversations import services
from hearwell.conversations.models import Case, CaseLog, Draft, Message, Tag, Waiting
from hearwell.conversations.queries import case_page
from hearwell.conversations.services import CaseMovedError
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from tests.factories import (
    make_case,
    make_channel,
    make_dm,
    make_item,
    make_message,
    make_reply,
    receive,
)


def verbs() -> list[str]:
    return list(CaseLog.objects.order_by("id").values_list("verb", flat=True))


def test_closing_ends_all_waiting(workspace: Workspace, bob: User) -> None:
    case = make_case()

    closed = services.close(case.id, "solved", bob.id, expected_version=case.version)

    assert (closed.status, closed.turn, closed.due_at) == ("closed", "none", None)
    assert not Waiting.objects.exists()
    assert Event.objects.get(name="CaseClosed").payload["reason"] == "solved"
    services.close(case.id, "spam", bob.id)
    assert Case.objects.get().closed_reason == "solved"
    assert verbs() == ["closed"]


def test_closing_what_has_changed_is_refused(workspace: Workspace, bob: User) -> None:
    channel = make_channel()
    (message,) = receive(channel, [make_dm(thread_key="t")])
    seen = message.case.version
    receive(channel, [make_dm("One more thing", thread_key="t")])

    with pytest.raises(CaseMovedError) as refused:
        services.close(message.case_id, "solved", bob.id, expected_version=seen)

    assert refused.value.case.preview == "One more thing"
    assert Case.objects.get().status == "open"


def test_reopening_restores_nobodys_wait_but_the_work(workspace: Workspace, bob: User) -> None:
    case = make_case()
    services.close(case.id, "solved", bob.id)

    again = services.reopen(case.id, bob.id)

    assert (again.status, again.closed_at, again.version) == ("open", None, 3)
    assert verbs() == ["closed", "reopened"]


def test_assigning(workspace: Workspace, alice: User, bob: User) -> None:
    case = make_case()

    assert services.assign([case.id], bob.id, actor_id=alice.id) == [case.id]
    assert services.assign([case.id], bob.id, actor_id=alice.id) == []

    fresh = Case.objects.get()
    assert (fresh.assignee_id, fresh.version) == (bob.id, case.version)
    assert Event.objects.filter(name="CaseAssigned").count() == 1


def test_assigning_what_somebody_took_is_refused(
    workspace: Workspace, alice: User, bob: User
) -> None:
    case = make_case()
    services.assign([case.id], bob.id, expected=None)

    with pytest.raises(CaseMovedError):
        services.assign([case.id], alice.id, expected=None)
    services.assign([case.id], alice.id, expected=bob.id)
    assert Case.objects.get().assignee_id == alice.id


def test_snoozing_and_waking_on_time(workspace: Workspace, bob: User, frozen: Any) -> None:
    case = make_case()
    services.snooze(case.id, now() + timedelta(hours=1), bob.id)

    assert services.wake_due() == 0
    frozen.shift(3600)
    assert services.wake_due() == 1

    assert Case.objects.get().status == "open"
    assert verbs() == ["snoozed", "woken"]


def test_waking_reaches_every_workspace(
    workspace: Workspace, other_workspace: Workspace, frozen: Any
) -> None:
    with scope(other_workspace.id):
        services.snooze(make_case().id, now() - timedelta(hours=1))

    assert services.wake_due() == 1
    assert services.wake_due() == 0


def test_a_closed_case_cannot_be_snoozed(workspace: Workspace) -> None:
    case = make_case()
    services.close(case.id, "solved", None)
    with pytest.raises(CaseMovedError):
        services.snooze(case.id, now())


def test_a_note_is_no_reply(workspace: Workspace, bob: User) -> None:
    case = make_case()

    note = services.add_note(case.id, "Call her\x00", author_user_id=bob.id, author_name="Bob")

    assert (note.audience, note.kind, note.text, note.replaced) == (
        "team",
        "note",
        "Call her␀",
        True,
    )
    fresh = Case.objects.get()
    assert (fresh.turn, fresh.version, fresh.last_reply_at) == ("ours", case.version, None)


def test_tags_are_the_same_in_upper_and_lower_case(workspace: Workspace, bob: User) -> None:
    case, other = make_case(), make_case()
    services.tag([case.id, other.id], ["Refund", " lost   bag "], bob.id)
    services.tag([case.id], ["REFUND"], bob.id)
    services.untag([other.id], ["refund"], bob.id)

    assert {tag.name for tag in Tag.objects.all()} == {"Refund", "lost bag"}
    page = case_page(workspace.id, case.id)
    assert page is not None
    assert page.tags == ["lost bag", "Refund"]
    assert verbs() == ["tagged", "tagged", "untagged"]


def test_drafts_are_kept_for_each_person_and_audience(
    workspace: Workspace, alice: User, bob: User
) -> None:
    case = make_case()
    services.save_draft(case.id, bob.id, "public", "Dear")
    services.save_draft(case.id, bob.id, "public", "Dear Lena")
    services.save_draft(case.id, bob.id, "private", "psst")
    services.save_draft(case.id, alice.id, "public", "Hello")

    page = case_page(workspace.id, case.id, bob.id)
    assert page is not None
    assert {key: draft.text for key, draft in page.drafts.items()} == {
        "public": "Dear Lena",
        "private": "psst",
    }
    services.save_draft(case.id, bob.id, "public", "  ")
    services.settle_draft(case.id, bob.id, "private", "psst")
    assert [draft.user_id for draft in Draft.objects.all()] == [alice.id]


def test_reading_and_scheduling(workspace: Workspace) -> None:
    case = make_case()
    due = now() + timedelta(hours=1)

    services.mark_read([case.id])
    services.reschedule({case.id: due})

    fresh = Case.objects.get()
    assert (fresh.unread, fresh.due_at, fresh.version) == (False, due, case.version)
    services.reschedule({case.id: None})
    assert Case.objects.get().due_at is None


def test_placing_with_a_team_and_a_line_in_the_log(workspace: Workspace, bob: User) -> None:
    case, first, second = make_case(), uuid4(), uuid4()
    services.place_team([case.id], first)
    services.place_team([case.id], second)
    services.log([case.id], "claimed", actor_id=bob.id)

    assert Case.objects.get().team_id == first
    assert verbs() == ["claimed"]


def test_verbs_need_a_scope(db: None) -> None:
    with pytest.raises(RuntimeError):
        services.mark_read([])


def test_a_reply_of_ours_is_recorded_whole(workspace: Workspace, bob: User) -> None:
    message = make_message("Where is my bag?")

    reply = make_reply(
        message.case,
        author_user_id=bob.id,
        author_name="Bob",
        parent_remote_id=message.remote_id,
        permalink="https://x.example/1",
    )

    case = Case.objects.get()
    assert (reply.direction, reply.author_user_id, reply.sent_outside) == ("out", bob.id, False)
    assert (case.turn, case.last_reply_at, case.version) == ("theirs", reply.sent_at, 2)


# --- at the same time, with real commits ---


def _at_once(workspace_id: Any, *acts: Any) -> list[Any]:
    """Run the acts in threads of their own, each in a scope; return results or errors."""
    results: list[Any] = [None] * len(acts)
    start = Barrier(len(acts))

    def run(number: int) -> None:
        try:
            start.wait(5)
            with scope(workspace_id):
                results[number] = acts[number]()
        except Exception as error:  # noqa: BLE001  it is what the test looks at
            results[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.fixture
def committed(transactional_db: None) -> Workspace:
    return Workspace.objects.create(name="Northwind Air", slug="northwind")


def test_of_two_who_close_at_once_one_is_told(committed: Workspace) -> None:
    with scope(committed.id):
        case = make_case()

    results = _at_once(
        committed.id,
        *(lambda: services.close(case.id, "solved", None, expected_version=case.version),) * 2,
    )

    assert sorted(type(result).__name__ for result in results) == ["Case", "CaseMovedError"]


def test_of_two_who_take_a_case_at_once_one_is_told(committed: Workspace) -> None:
    with scope(committed.id):
        case = make_case()
    one, two = uuid4(), uuid4()

    results = _at_once(
        committed.id,
        lambda: services.assign([case.id], one, expected=None),
        lambda: services.assign([case.id], two, expected=None),
    )

    assert sorted(type(result).__name__ for result in results) == ["CaseMovedError", "list"]


def test_one_thread_arriving_twice_at_once_is_one_case(committed: Workspace) -> None:
    with scope(committed.id):
        channel = make_channel()
    batches = [
        [
            make_item(f"Where is bag {n}?", external_id=f"m{n}", thread_key=f"t{n % 7}")
            for n in order
        ]
        for order in (range(40), range(39, -1, -1), range(20, 60))
    ]

    results = _at_once(
        committed.id, *(lambda batch=batch: receive(channel, batch) for batch in batches)
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    with scope(committed.id):
        assert Message.objects.count() == sum(map(len, results)) == 60
        assert Case.objects.count() == 7
