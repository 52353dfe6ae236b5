"""Odd times, odd letters, two leads at once: the board stays right and readable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hearwell.accounts.models import Membership
from hearwell.board import queries, services
from hearwell.board.models import StatusCase, StatusUpdate
from hearwell.board.services import About, BadUpdateError, Wording, WrongStateError, matching
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from tests.factories import make_case, make_channel

pytestmark = pytest.mark.django_db
LATE = Wording("Flight NW 482 delayed until 14:10", replies={"en": "It leaves at 14:10, sorry."})
NW482 = About(entities=("NW 482",))
WEST, EAST = timezone(timedelta(hours=-11)), timezone(timedelta(hours=14))


@pytest.fixture
def by(alice) -> Membership:
    return Membership.objects.get(user=alice)


@pytest.mark.parametrize(
    "until",
    [
        datetime(9999, 12, 31, 23, 59, tzinfo=WEST),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        datetime(2200, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=EAST),
        datetime(2026, 3, 2, 11, 59, tzinfo=UTC),
    ],
)
def test_a_time_that_is_over_or_out_of_all_calendars_is_refused(by, frozen, until):
    with pytest.raises(BadUpdateError):
        services.save_draft(by, LATE, NW482, until)
    assert not StatusUpdate.objects.exists()
    draft = services.save_draft(by, LATE, NW482)
    services.publish(draft.id, by, is_sure=True)
    with pytest.raises(BadUpdateError):
        services.correct(draft.id, by, LATE, until)
    assert len(queries.live_updates(by.workspace_id)) == 1


def test_a_draft_whose_time_is_over_is_not_published_as_if_it_held(by, frozen):
    draft = services.save_draft(by, LATE, NW482, now() + timedelta(hours=1))
    frozen.shift(timedelta(hours=2))
    with pytest.raises(BadUpdateError):
        services.publish(draft.id, by, is_sure=True)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_of_two_who_correct_the_same_text_the_second_is_told(by):
    one = services.publish(services.save_draft(by, LATE, NW482).id, by, is_sure=True)
    seen = one.stamp
    services.correct(one.id, by, Wording("Delayed until 15:30"), seen=seen)
    with pytest.raises(WrongStateError):
        services.correct(one.id, by, Wording("Delayed until 14:20"), seen=seen)
    one.refresh_from_db()
    assert queries.version_of(one).headline == "Delayed until 15:30"
    services.correct(one.id, by, Wording("Delayed until 16:00"), seen=one.stamp)


def test_a_new_time_alone_is_a_change_that_others_are_told_of(by, frozen):
    one = services.publish(services.save_draft(by, LATE, NW482).id, by, is_sure=True)
    seen = one.stamp
    services.correct(one.id, by, LATE, now() + timedelta(hours=1), seen=seen)
    with pytest.raises(WrongStateError):
        services.correct(one.id, by, Wording("Late"), seen=seen)


def test_nobody_publishes_a_draft_that_they_have_not_seen(by):
    make_case("NW482 late?")
    make_case("Everything is late?")
    draft = services.save_draft(by, LATE, NW482)
    seen = draft.stamp
    services.save_draft(by, LATE, About(entities=("late",)), update_id=draft.id, seen=seen)
    with pytest.raises(WrongStateError):
        services.publish(draft.id, by, is_sure=True, seen=seen)
    with pytest.raises(WrongStateError):
        services.save_draft(by, LATE, NW482, update_id=draft.id, seen=seen)
    assert not StatusCase.objects.exists()


@pytest.mark.parametrize(
    ("named", "text"),
    [
        ("İstanbul", "My flight from İSTANBUL?"),
        ("İstanbul", "my flight from i̇stanbul?"),
        ("İSTANBUL", "flight to İstanbul"),
        ("ΟΔΟΣ ΑΘΗΝΩΝ", "Is οδός-αθηνων ... οδος αθηνων shut?"),
        ("Λάρισας", "ΛΆΡΙΣΑΣ"),
        ("Straße 7", "STRASSE 7, Straße 7"),
        ("東京駅", "いま東京駅にいます"),
        ("رحلة 482", "أين رحلة482؟"),
        ("C++ (.*)", "Is c++ down?"),
        ("ﷺ", "x صلى الله عليه وسلم y"),
    ],
)
def test_letters_of_every_script_are_found(by, named, text):
    case = make_case(text)
    draft = services.save_draft(by, LATE, About(entities=(named,)))
    found = services.preview(by.workspace_id, draft.id)
    assert [one.case_id for one in found.newest] == [case.id]


@pytest.mark.parametrize(
    "named",
    ["a1" * 30, "a 1 " * 15, "\ufdfa" * 60, "[[:alnum:]]{0,255}", r"\y\m\M(?=x)", "*" * 59 + "x"],
)
def test_no_name_and_no_text_breaks_the_search(by, named):
    make_case("a1" * 9000 + "\x00" + "\ufdfa" * 900)
    names = tuple(f"{named[:57]} {n}" for n in range(20))
    draft = services.save_draft(by, LATE, About(entities=names))
    assert services.preview(by.workspace_id, draft.id).of == 1


def test_a_workspace_that_fails_stops_no_other(by, other_workspace, charlie, monkeypatch):
    with scope(other_workspace.id):
        lead = Membership.objects.create(user=charlie, workspace=other_workspace, role="owner")
        services.publish(services.save_draft(lead, LATE, NW482).id, lead, is_sure=True)
    services.publish(services.save_draft(by, LATE, NW482).id, by, is_sure=True)
    make_case("NW482?", make_channel())
    really = matching._link

    def link(workspace_id, *about, **more):
        if workspace_id == other_workspace.id:
            raise RuntimeError
        return really(workspace_id, *about, **more)

    monkeypatch.setattr(matching, "_link", link)
    assert services.sweep_matches() == 1
