"""How it sounds, how urgent it is, whether it is thanks: each can be put right, and taken back."""

from __future__ import annotations

import pytest

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.connect.model import MessageDeleted
from hearwell.conversations.models import Case, Message
from hearwell.inbox import acts
from hearwell.inbox.intake import take_deletions, take_in
from hearwell.kit.clock import now
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from hearwell.triage import services
from hearwell.triage.models import Correction, Lesson, Verdict
from hearwell.triage.services import BadCorrectionError, NothingToUndoError
from tests.factories import make_channel, make_dm, make_item
from tests.harbour_wire import ACCOUNT

pytestmark = pytest.mark.usefixtures("small_shipped")


@pytest.fixture
def by(workspace: Workspace, bob: User) -> Membership:
    return Membership.objects.get(workspace_id=workspace.id, user=bob)


def arrived(text: str) -> Message:
    (message,) = take_in(make_channel(), [make_item(text)])
    return message


@pytest.fixture(autouse=True)
def _clocks(workspace: Workspace) -> None:
    sla.ensure_defaults(workspace)


def verdict() -> Verdict:
    return Verdict.objects.get()


def taught() -> dict[str, str]:
    return dict(Lesson.objects.order_by("number").values_list("head", "label"))


def running() -> set[str]:
    return set(Clock.objects.filter(state="running").values_list("kind", flat=True))


def test_how_it_sounds_is_put_right_and_nothing_else_moves(workspace: Workspace, bob: User) -> None:
    message = arrived("Where is my bag?")
    before = verdict()
    case = Case.objects.get()

    services.correct(message.id, "sentiment", "positive", bob.id)

    after = verdict()
    assert (after.sentiment, after.kind, after.duty) == ("positive", before.kind, before.duty)
    assert (after.is_corrected, after.certainty) == (False, before.certainty)
    assert taught() == {"sentiment": "positive"}
    assert (Case.objects.get().kind, Case.objects.get().version) == (case.kind, case.version)
    (kept,) = Correction.objects.all()
    assert (kept.field, kept.before, kept.after) == ("sentiment", before.sentiment, "positive")


def test_how_urgent_it_is_is_put_right_and_its_kind_stays_open(
    workspace: Workspace, bob: User
) -> None:
    message = arrived("Where is my bag?")

    services.correct(message.id, "urgency", 3, bob.id)

    assert (verdict().urgency, verdict().is_corrected) == (3, False)
    assert Case.objects.get().urgency == 3
    assert taught() == {"urgent": "yes"}
    services.correct(message.id, "urgency", 1, bob.id)
    assert taught() == {"urgent": "no"}


def test_thanks_are_owed_nothing(workspace: Workspace, by: Membership) -> None:
    message = arrived("Where is my bag?")
    assert running() == {"first_reply", "answer"}

    acts.correct(message.case_id, message.id, "thanks", "yes", by)

    assert (verdict().is_thanks, verdict().duty) == (True, "acknowledge")
    assert Case.objects.get().turn == "none"
    assert running() == set()
    assert taught() == {"thanks": "yes", "duty": "acknowledge"}


def test_a_word_on_one_thing_stays_when_the_rest_is_judged_anew(
    workspace: Workspace, bob: User
) -> None:
    message = arrived("Where is my bag?")
    services.correct(message.id, "sentiment", "negative", bob.id)
    services.correct(message.id, "urgency", 4, bob.id)
    message.text = "Thank you so much, the crew was wonderful!"

    found = services.assess([message])[message.id]

    for one in (found, verdict()):
        assert (one.sentiment, one.urgency, one.kind) == ("negative", 4, "praise")


def test_a_person_who_named_the_sentiment_keeps_it_when_the_kind_changes(
    workspace: Workspace, bob: User
) -> None:
    message = arrived("Where is my bag?")
    services.correct(message.id, "sentiment", "neutral", bob.id)
    services.correct(message.id, "kind", "complaint", bob.id)
    assert verdict().sentiment == "neutral"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "complaint"),
        ("kind", "spam"),
        ("duty", "none"),
        ("sentiment", "positive"),
        ("urgency", "4"),
        ("thanks", "yes"),
    ],
)
def test_each_can_be_undone_and_what_it_changed_comes_back(
    workspace: Workspace, by: Membership, field: str, value: str
) -> None:
    message = arrived("Where is my bag?")
    told = ("kind", "duty", "sentiment", "urgency", "is_thanks")
    before = [getattr(verdict(), name) for name in told]
    clocks, turn = running(), Case.objects.get().turn
    acts.correct(message.case_id, message.id, field, value, by)
    assert [getattr(verdict(), name) for name in told] != before

    acts.undo_correction(message.case_id, message.id, by)

    assert [getattr(verdict(), name) for name in told] == before
    assert (running(), Case.objects.get().turn) == (clocks, turn)
    acts.undo_correction(message.case_id, message.id, by)
    assert [getattr(verdict(), name) for name in told] != before


def test_thanks_that_are_none_after_all_come_back(workspace: Workspace, by: Membership) -> None:
    message = arrived("Where is my bag?")
    acts.correct(message.case_id, message.id, "thanks", "yes", by)
    acts.correct(message.case_id, message.id, "kind", "complaint", by)
    assert (verdict().is_thanks, verdict().sentiment) == (False, "negative")

    acts.undo_correction(message.case_id, message.id, by)

    assert (verdict().is_thanks, verdict().duty) == (True, "acknowledge")
    assert "sentiment" not in taught()


def test_what_turns_out_to_ask_for_nothing_has_no_clock_left(
    workspace: Workspace, by: Membership
) -> None:
    channel = make_channel()
    first, second = take_in(channel, [make_item("Where is my bag?", external_id=n) for n in "ab"])
    assert first.case_id != second.case_id

    acts.correct(first.case_id, first.id, "kind", "spam", by)

    states = dict(Clock.objects.filter(case_id=first.case_id).values_list("kind", "state"))
    assert states == {"first_reply": "cancelled", "answer": "cancelled"}
    assert Case.objects.get(id=first.case_id).due_at is None
    assert running() == {"first_reply", "answer"}


def test_what_turns_out_to_ask_has_both_clocks(workspace: Workspace, by: Membership) -> None:
    message = arrived("haha lol")
    acts.correct(message.case_id, message.id, "duty", "none", by)
    assert running() == set()

    acts.correct(message.case_id, message.id, "kind", "praise", by)
    assert running() == {"first_reply"}

    acts.correct(message.case_id, message.id, "kind", "complaint", by)
    assert running() == {"first_reply", "answer"}
    assert Case.objects.get().due_at is not None


def test_whoever_waits_besides_keeps_a_clock_of_the_first_reply(
    workspace: Workspace, by: Membership
) -> None:
    channel = make_channel()
    said = [make_dm(f"Where is my bag, number {n}?", thread_key="t") for n in range(2)]
    first, second = [take_in(channel, [item])[0] for item in said]
    assert first.case_id == second.case_id

    acts.correct(first.case_id, first.id, "kind", "spam", by)

    started = Clock.objects.filter(state="running").values_list("kind", "started_by")
    assert set(started) == {("first_reply", second.id), ("answer", second.id)}


def test_what_is_withdrawn_has_no_clock_left(workspace: Workspace) -> None:
    channel = make_channel()
    (message,) = take_in(channel, [make_item("Where is my bag?")])

    gone = MessageDeleted(
        external_id=message.remote_id, dedup_key="gone", occurred_at=now(), account=ACCOUNT
    )
    take_deletions(channel, [gone])

    assert running() == set()


def test_there_is_nothing_to_undo_where_nobody_said_otherwise(
    workspace: Workspace, by: Membership
) -> None:
    message = arrived("Where is my bag?")
    acts.correct(message.case_id, message.id, "sentiment", verdict().sentiment, by)
    assert set(Lesson.objects.values_list("source", flat=True)) == {"confirmed"}
    with pytest.raises(NothingToUndoError):
        acts.undo_correction(message.case_id, message.id, by)


@pytest.mark.parametrize(
    ("field", "value"), [("sentiment", "angry"), ("thanks", "maybe"), ("urgency", "-1")]
)
def test_what_is_no_such_word_is_refused(
    workspace: Workspace, bob: User, field: str, value: str
) -> None:
    message = arrived("Where is my bag?")
    with pytest.raises(BadCorrectionError):
        services.correct(message.id, field, value, bob.id)
    assert not Correction.objects.exists()
