"""Reviews from Google Play, month by month: stars, words that change, the owner's answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hearwell.channels.models import Channel
from hearwell.conversations.models import Case, Message, MessageVersion
from hearwell.inbox import importing
from tests import play_export as play
from tests.play_export import HOUR, SENT, answered, review

pytestmark = pytest.mark.django_db
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)


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
