"""What people carry in and out by hand: a message seen somewhere, an answer given there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.accounts.services import create_workspace
from hearwell.channels.models import Channel
from hearwell.conversations.models import Case, Message
from hearwell.events.models import Event
from hearwell.inbox import byhand
from hearwell.inbox.acts import NotAllowedError
from hearwell.inbox.byhand import Answered, BadEntryError, Seen
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.sla.models import Clock
from tests.domain.inbox.conftest import Care

LINK = "https://x.com/lenavik_nw/status/1790"


def seen(**values: object) -> Seen:
    return Seen(**{"key": uuid7(), "text": "Where is my bag?", "link": LINK, **values})


def log(care: Care, entry: Seen) -> Case:
    with care.inside():
        return Case.objects.get(id=byhand.log_message(entry, care.anna))


def test_a_pasted_message_is_a_case_like_any_other(care: Care) -> None:
    at = now() - timedelta(minutes=30)
    case = log(care, seen(at=at))
    with care.inside():
        (message,) = Message.objects.filter(case=case)
        channel = Channel.objects.get(id=message.channel_id)
        due = dict(Clock.objects.filter(case_id=case.id).values_list("kind", "state"))
        assert AuditRow.objects.filter(action="message.logged").exists()
    assert (case.network, case.turn, case.kind, case.waiting_since) == ("x", "ours", "question", at)
    assert (message.permalink, message.author_name, message.audience) == (
        LINK, "lenavik_nw", "public",
    )  # fmt: skip
    assert channel.state == "read_only"
    assert due == {"first_reply": "running", "answer": "running"}


def test_the_same_link_or_the_same_form_twice_is_one_message(care: Care) -> None:
    first = log(care, seen())
    again = log(care, seen(text="typed anew"))
    assert again.id == first.id
    entry = seen(link="", handle="lena")
    assert log(care, entry).id == log(care, entry).id


def test_a_message_of_a_person_without_link(care: Care) -> None:
    entry = seen(link="", name="Lena Vik", network="phone", kind="call", is_private=True)
    case = log(care, entry)
    with care.inside():
        (message,) = Message.objects.filter(case=case)
    assert (message.kind, message.audience, case.network) == ("call", "private", "phone")


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (seen(text=" "), "text"),
        (seen(text="x" * 100_001), "text"),
        (seen(link="no link"), "link"),
        (seen(link=""), "handle"),
        (seen(at=now() + timedelta(hours=1)), "at"),
    ],
    ids=["no words", "too many words", "no link", "nobody", "not yet"],
)
def test_what_cannot_be_right_is_said_at_its_field(care: Care, entry: Seen, field: str) -> None:
    with care.inside():
        before = Case.objects.count()
        with pytest.raises(BadEntryError) as refused:
            byhand.log_message(entry, care.anna)
        assert (refused.value.field, Case.objects.count()) == (field, before)


def answered(case_id: UUID, **values: object) -> Answered:
    fields = {"key": uuid7(), "case_id": case_id, "text": "It is on its way.", **values}
    return Answered(**fields)


def test_an_answer_given_outside_meets_the_clocks_at_its_own_time(care: Care) -> None:
    case = log(care, seen(at=now() - timedelta(minutes=30)))
    at = now() - timedelta(minutes=10)
    with care.inside():
        message = byhand.note_answer(answered(case.id, at=at, link=LINK), care.anna)
        case.refresh_from_db()
        states = set(Clock.objects.filter(case_id=case.id).values_list("state", "met_at"))
    assert (message.sent_outside, message.author_name) == (True, str(care.anna.user))
    assert (case.turn, states) == ("theirs", {("met", at)})


def test_the_same_answer_noted_twice_is_one(care: Care) -> None:
    case = log(care, seen())
    note = answered(case.id)
    with care.inside():
        ids = {byhand.note_answer(note, care.anna).id for _ in range(2)}
        assert AuditRow.objects.filter(action="reply.noted").count() == 1
        assert Event.objects.filter(name="ReplySent").count() == 1
    assert len(ids) == 1


def test_one_key_at_two_cases_is_two_notes(care: Care) -> None:
    key, cases = uuid7(), [log(care, seen()), log(care, seen(link=LINK + "1"))]
    with care.inside():
        noted = [byhand.note_answer(answered(case.id, key=key), care.anna) for case in cases]
    assert [message.case_id for message in noted] == [case.id for case in cases]


def test_an_answer_before_the_question_is_refused(care: Care) -> None:
    case = log(care, seen(at=now() - timedelta(minutes=5)))
    with care.inside(), pytest.raises(BadEntryError, match="before the customer wrote"):
        byhand.note_answer(answered(case.id, at=now() - timedelta(hours=1)), care.anna)


def test_who_may_only_read_carries_nothing(care: Care) -> None:
    case = log(care, seen())
    with care.inside():
        for act in (
            lambda: byhand.log_message(seen(link=LINK + "1"), care.vera),
            lambda: byhand.note_answer(answered(case.id), care.vera),
        ):
            with pytest.raises(NotAllowedError):
                act()


def test_another_workspaces_case_is_absent(care: Care) -> None:
    case = log(care, seen())
    other = create_workspace(name="Elsewhere")
    care.anna.workspace_id = other.id
    with scope(other.id), pytest.raises(Case.DoesNotExist):
        byhand.note_answer(answered(case.id), care.anna)
