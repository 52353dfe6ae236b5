"""Reviews from Google Play, month by month: stars, words that change, the owner's answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hearwell.accounts.models import Membership
from hearwell.channels.models import Channel
from hearwell.conversations.models import Case, Message, MessageVersion
from hearwell.escalation.models import Escalation
from hearwell.inbox import acts, importing, intake
from hearwell.sla import services as sla
from hearwell.sla.models import Clock
from tests import play_export as play
from tests.factories import make_channel, make_deletion, make_item
from tests.play_export import HOUR, SENT, answered, review

pytestmark = pytest.mark.django_db
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def promises(workspace):
    """As every house has them: what waits for an answer has a clock."""
    sla.ensure_defaults(workspace)


def take(workspace, path, **wishes):
    return importing.run_import(importing.open_import(workspace.id, path, **wishes))


@pytest.mark.parametrize("since", [None, FEBRUARY])
def test_each_review_is_a_case_with_its_stars_and_its_answer(workspace, tmp_path, since):
    path = play.write(
        tmp_path / "a.csv",
        review("gp:A", "It crashes when I open my booking. Please help!", 1),
        review("gp:B", "Lovely", 5, **answered("Thank you!", SENT + HOUR)),
    )
    done = take(workspace, path, open_since=since)
    assert (done.rows, done.fresh, done.rejected) == (3, 3, {})
    assert Channel.objects.get().handle == play.APP
    assert Case.objects.count() == 2
    told = Message.objects.get(remote_id="gp:A")
    assert (told.kind, told.rating, told.language) == ("review", 1, "pt")
    answer = Message.objects.get(remote_id="gp:B:reply")
    assert (answer.direction, answer.case_id) == (
        "out",
        Message.objects.get(remote_id="gp:B").case_id,
    )


def test_the_next_month_brings_what_was_changed_and_nothing_twice(workspace, tmp_path):
    first = review("gp:A", "It crashes", 1, **answered("We look into it", SENT + HOUR))
    take(workspace, play.write(tmp_path / "march.csv", first))
    changed = review("gp:A", "Works again, thank you", 5, **answered("Mended", SENT + 3 * HOUR))
    changed["Review Last Update Millis Since Epoch"] = SENT + 2 * HOUR
    next_month = play.write(tmp_path / "april.csv", changed, review("gp:C", "Fine", 4))
    done = take(workspace, next_month)
    assert (done.rows, done.fresh, done.changed) == (3, 1, 2)
    told = Message.objects.get(remote_id="gp:A")
    assert (told.text, told.rating) == ("Works again, thank you", 5)
    assert Message.objects.get(remote_id="gp:A:reply").text == "Mended"
    before = MessageVersion.objects.filter(message_id=told.id).order_by("version").first()
    assert (before.text, before.rating) == ("It crashes", 1)
    assert Message.objects.count() == 3
    # The older file again, under another name: nothing goes back.
    again = take(workspace, play.write(tmp_path / "again.csv", first), open_since=FEBRUARY)
    assert (again.fresh, again.changed) == (0, 0)
    told.refresh_from_db()
    assert told.text == "Works again, thank you"


# --- what is over is judged anew and owes nobody anything ----------------------------------------

ASKS = "It crashes when I open my booking. Please help!"


def clocks() -> set[tuple[str, str, bool]]:
    return set(Clock.objects.values_list("kind", "state", "is_historic"))


@pytest.fixture
def filed(workspace, tmp_path) -> Message:
    """A review that nobody answered, in an archive."""
    take(workspace, play.write(tmp_path / "a.csv", review("gp:A", ASKS, 1)))
    assert ("answer", "unanswered", True) in clocks()
    return Message.objects.get(remote_id="gp:A")


def test_another_month_starts_no_clock_and_calls_nobody(workspace, tmp_path, filed):
    worse = review("gp:A", "Still no answer. I was injured, my lawyer will write to you.", 1)
    worse["Review Last Update Millis Since Epoch"] = SENT + HOUR
    done = take(workspace, play.write(tmp_path / "b.csv", worse))
    assert (done.state, done.changed) == ("done", 1)
    assert {(state, past) for _, state, past in clocks()} == {("unanswered", True)}
    assert not Escalation.objects.exists()


def test_thanks_in_place_of_a_question_end_its_clocks(workspace, tmp_path, filed):
    better = review("gp:A", "Works again, thank you", 5)
    better["Review Last Update Millis Since Epoch"] = SENT + HOUR
    take(workspace, play.write(tmp_path / "b.csv", better))
    assert "answer" not in {kind for kind, _, _ in clocks()}


def test_who_corrects_a_label_in_an_archive_starts_nothing(workspace, alice, filed):
    by = Membership.objects.get(workspace=workspace, user=alice)
    acts.correct_kind(filed.case_id, filed.id, "question", by)
    assert {(state, past) for _, state, past in clocks()} == {("unanswered", True)}


def test_what_is_withdrawn_from_an_archive_leaves_the_others_as_they_were():
    said = [make_item(words, thread_key="one") for words in ("Where is my bag?", "Hello? My bag?")]
    channel = make_channel()
    intake.take_history(channel, said)
    intake.take_deletions(channel, [make_deletion(said[1])])
    assert {(state, past) for _, state, past in clocks()} == {("unanswered", True)}
