"""One update reaches every open case about it; a correction follows wherever the old text went."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from hearwell.accounts.models import AuditRow, Membership
from hearwell.accounts.services import create_workspace
from hearwell.board import queries, services
from hearwell.board.models import StaffLink, State, StatusCase, StatusUpdate, StatusVersion
from hearwell.board.services import About, Wording
from hearwell.conversations.models import Case
from hearwell.events.models import Event
from hearwell.inbox.intake import take_edits, take_in
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.triage.models import Verdict
from tests.factories import (
    make_case,
    make_channel,
    make_edit,
    make_item,
    make_message,
    make_reply,
)

pytestmark = pytest.mark.django_db
REPLY = "Flight NW 482 leaves at 14:10. We are sorry that you have to wait."
LATE = Wording(
    "Flight NW 482 delayed until 14:10", "Crew arrives at 13:20.", "NW 482 leaves at 14:10.",
    {"en": REPLY, "de": "NW 482 startet um 14:10 Uhr. Es tut uns leid."},
)  # fmt: skip
NW482 = About(entities=("NW 482",))


@pytest.fixture
def by(alice) -> Membership:
    return Membership.objects.get(user=alice)


def published(by: Membership, wording: Wording = LATE, about: About = NW482) -> StatusUpdate:
    draft = services.save_draft(by, wording, about)
    return services.publish(draft.id, by, is_sure=True)


def cases_of(one: StatusUpdate) -> set:
    found = StatusCase.objects.filter(update_id=one.id, removed_at=None)
    return set(found.values_list("case_id", flat=True))


@pytest.mark.parametrize(
    ("text", "is_about"),
    [
        ("Where is NW482?", True),
        ("nw-482 is late again", True),
        ("Is #NW 482 on time", True),
        ("Flight nw 482: when?", True),
        ("ＮＷ４８２ late", True),
        ("I sit in NW 4821", False),
        ("XNW482 never came", False),
        ("NW about 482", False),
        ("My bag is lost", False),
    ],
)
def test_a_case_is_found_by_what_it_names(by, text, is_about):
    case = make_case(text)
    assert (case.id in cases_of(published(by))) is is_about


def test_only_open_cases_of_these_accounts_and_said_by_customers(by):
    channel = make_channel()
    wanted, elsewhere = make_case("NW482 late?", channel), make_case("NW482 late?")
    shut, ours = make_case("NW482", channel), make_case("When do we leave?", channel)
    Case.objects.filter(id=shut.id).update(status="closed")
    make_reply(ours, "Is it NW 482?")
    about = About(entities=("NW 482",), channel_ids=(channel.id,))

    assert cases_of(published(by, about=about)) == {wanted.id}
    assert cases_of(published(by)) == {wanted.id, elsewhere.id}


def test_with_a_topic_a_case_must_have_both(by):
    both, other = make_message("NW482: my bag is gone"), make_message("NW482 is late")
    Verdict.objects.filter(message_id=both.id).update(topics=["Luggage"])
    Verdict.objects.filter(message_id=other.id).update(topics=["Delays"])

    assert cases_of(published(by, about=About("luggage", ("NW 482",)))) == {both.case_id}
    assert cases_of(published(by, about=About("Delays"))) == {other.case_id}
    row = StatusCase.objects.get(case_id=both.case_id)
    assert (row.named, row.has_topic) == (["NW 482"], True)


def test_the_preview_says_how_many_of_all_and_keeps_nothing(by):
    late = make_case("NW482 late?")
    make_case("My bag?")
    make_case("A refund?")
    draft = services.save_draft(by, LATE, NW482)

    found = services.preview(by.workspace_id, draft.id)

    assert (found.matched, found.of) == (1, 3)
    assert [(one.case_id, one.named) for one in found.newest] == [(late.id, ["NW 482"])]
    assert not StatusCase.objects.exists()
    assert queries.live_updates(by.workspace_id) == []


@pytest.mark.parametrize(("texts", "matched"), [(["My bag?"], 0), (["NW482", "NW482!"], 2)])
def test_nothing_and_nearly_everything_are_asked_about_and_nothing_is_lost(by, texts, matched):
    for text in texts:
        make_case(text)
    draft = services.save_draft(by, LATE, NW482)

    with pytest.raises(services.UnusualMatchError) as refused:
        services.publish(draft.id, by)

    assert (refused.value.matched, refused.value.of) == (matched, len(texts))
    draft.refresh_from_db()
    assert (draft.state, queries.version_of(draft).headline) == (State.DRAFT, LATE.headline)
    assert services.publish(draft.id, by, is_sure=True).is_live
    assert len(cases_of(draft)) == matched


def test_one_that_names_nothing_is_about_no_case(by):
    make_case("Everything is down")
    assert cases_of(published(by, about=About())) == set()


def test_what_comes_in_later_is_found_as_it_is_taken_in(by):
    one = published(by)
    channel = make_channel()
    (asked, _other) = take_in(channel, [make_item("Is NW 482 late?"), make_item("My bag?")])
    vague = make_item("Is my flight late?")
    (edited,) = take_in(channel, [vague])
    take_edits(channel, [make_edit(vague, "Is my flight NW482 late?")])

    assert cases_of(one) == {asked.case_id, edited.case_id}
    take_in(channel, [make_item("Is NW 482 late?", external_id=asked.remote_id)])
    assert len(cases_of(one)) == 2


def test_what_holds_no_more_finds_no_case(by, frozen):
    ended, withdrawn, expired = published(by), published(by), published(by)
    services.end(ended.id, by)
    services.withdraw(withdrawn.id, by)
    StatusUpdate.objects.filter(id=expired.id).update(valid_until=now() - timedelta(seconds=1))
    take_in(make_channel(), [make_item("Is NW 482 late?")])

    assert not StatusCase.objects.exists()
    assert queries.live_updates(by.workspace_id) == []
    assert len(queries.lately_over(by.workspace_id)) == 2


def test_a_message_that_came_as_it_was_published_is_found_by_the_sweep(by):
    one = published(by)
    case = make_case("NW482?")  # as far as the case, without the look of intake
    assert cases_of(one) == set()

    assert services.sweep_matches() == 1
    assert cases_of(one) == {case.id}
    assert services.sweep_matches() == 0


def test_a_case_that_was_taken_out_is_not_found_again_until_it_is_put_back(by):
    case = make_case("NW482?")
    one = published(by)

    services.take_out(one.id, case.id, by)
    services.match_cases(by.workspace_id, [case.id])
    services.correct(one.id, by, Wording("Delayed until 15:00"))
    assert cases_of(one) == set()
    services.put_back(one.id, case.id, by)
    assert cases_of(one) == {case.id}


def test_a_correction_finds_those_who_were_told_the_old_text(by):
    told, own, silent = (make_case("NW482 late?") for _ in range(3))
    one = published(by)
    said = make_reply(told, f"Hello Lena. {REPLY} ^BB")
    other = make_reply(own, "We look into it and come back to you.")
    services.note_told(by.workspace_id, [said.id, other.id])
    assert queries.counts_of(by.workspace_id, [one.id])[one.id] == queries.Counts(3, 1, 0)

    new = REPLY.replace("14:10", "15:30")
    services.correct(one.id, by, Wording("Delayed until 15:30", "", "15:30.", {"en": new}))

    stale = [c.case_id for c in queries.cases_of(by.workspace_id, one.id) if c.is_stale]
    assert stale == [told.id]
    assert silent.id not in stale
    (said_now, here) = queries.updates_on(by.workspace_id, told.id)[0]
    assert (said_now.now.replies["en"], here.is_stale) == (new, True)
    assert [v.headline for v in said_now.before] == [LATE.headline]

    again = make_reply(told, new)
    services.note_told(by.workspace_id, [again.id])
    services.note_told(by.workspace_id, [said.id])  # late and twice: the latest reply counts
    assert queries.counts_of(by.workspace_id, [one.id])[one.id].stale == 0


def test_somebody_can_say_that_a_customer_knows_and_take_it_back(by, frozen):
    case = make_case("NW482 late?")
    one = published(by)
    said = make_reply(case, REPLY)
    services.note_told(by.workspace_id, [said.id])
    frozen.shift(60)
    services.withdraw(one.id, by)
    assert queries.updates_on(by.workspace_id, case.id)[0][1].is_stale  # although it is withdrawn

    services.follow_up(one.id, case.id, by)
    assert queries.updates_on(by.workspace_id, case.id) == []
    services.undo_follow_up(one.id, case.id, by)
    assert queries.updates_on(by.workspace_id, case.id)[0][1].is_stale
    services.bring_back(one.id, by)
    assert not queries.updates_on(by.workspace_id, case.id)[0][1].is_stale


def test_details_for_staff_make_no_told_text_old(by):
    case = make_case("NW482 late?")
    one = published(by)
    services.note_told(by.workspace_id, [make_reply(case, REPLY).id])

    changed = Wording(LATE.headline, "Crew is here.", LATE.public_text, LATE.replies)
    one = services.correct(one.id, by, changed)
    assert (one.version, one.said_version, one.is_corrected) == (2, 1, False)
    assert queries.counts_of(by.workspace_id, [one.id])[one.id].stale == 0
    assert services.correct(one.id, by, changed).version == 2  # said twice it is said once


def test_states_are_kept(by):
    draft = services.save_draft(by, LATE, NW482)
    with pytest.raises(services.WrongStateError):
        services.correct(draft.id, by, LATE)
    services.publish(draft.id, by, is_sure=True)
    with pytest.raises(services.WrongStateError):
        services.publish(draft.id, by, is_sure=True)
    with pytest.raises(services.WrongStateError):
        services.save_draft(by, LATE, NW482, update_id=draft.id)
    services.end(draft.id, by)
    with pytest.raises(services.WrongStateError):
        services.correct(draft.id, by, LATE)
    assert services.bring_back(draft.id, by).is_live
    actions = list(AuditRow.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["status.published", "status.ended", "status.brought_back"]
    told = [row.payload["what"] for row in Event.objects.filter(name="StatusChanged")]
    assert sorted(told) == ["brought_back", "ended", "published"]


@pytest.mark.parametrize(
    ("wording", "about"),
    [
        (Wording("  "), NW482),
        (Wording("x" * 201), NW482),
        (Wording("x", "y" * 5001), NW482),
        (Wording("x", replies={"en": "Hello {customer.first_name}"}), NW482),
        (Wording("x"), About(entities=("--",))),
        (Wording("x"), About(entities=("y" * 61,))),
        (Wording("x"), About(entities=tuple(f"NW {n}" for n in range(21)))),
    ],
)
def test_what_cannot_be_kept_is_said(by, wording, about):
    with pytest.raises(services.BadUpdateError):
        services.save_draft(by, wording, about)
    assert not StatusUpdate.objects.exists()


def test_odd_characters_are_kept_as_they_can_be(by):
    draft = services.save_draft(by, Wording("Late\x00 \ud800 now"), About(entities=("a(b[c*",)))
    assert queries.version_of(draft).headline == "Late␀ � now"
    make_case("a b c")
    assert services.preview(by.workspace_id, draft.id).matched == 1


def test_a_version_is_never_changed(by):
    one = published(by)
    with pytest.raises(DatabaseError), transaction.atomic():
        StatusVersion.objects.filter(update_id=one.id).update(headline="It was never late")


def test_foreign_updates_and_cases_do_not_exist(by):
    case = make_case("NW482 late?")
    one = published(by)
    elsewhere = create_workspace("Contoso Rail")
    theirs = Membership(user=by.user, workspace=elsewhere, role="owner")
    with scope(elsewhere.id):
        for verb in (services.publish, services.end, services.withdraw):
            with pytest.raises(StatusUpdate.DoesNotExist):
                verb(one.id, theirs)
        with pytest.raises(StatusCase.DoesNotExist):
            services.take_out(one.id, case.id, theirs)
        assert cases_of(published(theirs)) == set()
        assert queries.updates_on(elsewhere.id, case.id) == []


def test_a_case_is_about_what_went_into_it_is_about(by):
    gone, home = make_case("NW482 late?"), make_case("And my bag?")
    one = published(by)
    Case.objects.filter(id=gone.id).update(status="closed", merged_into_id=home.id)

    ((said, here),) = queries.updates_on(by.workspace_id, home.id)
    assert (said.update.id, here.case_id) == (one.id, gone.id)
    services.note_told(by.workspace_id, [make_reply(home, REPLY).id])
    assert StatusCase.objects.get(case_id=gone.id).told_version == 1


def test_a_staff_link_opens_until_it_is_ended(by):
    link, token = services.make_link(by, "Gate B")
    assert services.workspace_of_link(token) == by.workspace_id
    assert StaffLink.objects.get().last_seen_at is not None
    for wrong in ("", "x", token[:-1], token + "A", "é" * 54):
        assert services.workspace_of_link(wrong) is None
    services.end_link(by, link.id)
    assert services.workspace_of_link(token) is None
    with pytest.raises(StaffLink.DoesNotExist):
        services.end_link(by, link.id)
    assert token not in str(AuditRow.objects.values_list("after", "summary"))
