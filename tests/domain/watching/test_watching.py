"""Brands that are watched: looked up, read to and fro, kept as history, let go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.benchmarks.league import league_of
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.rules import ONLY_ANSWERED, OUTSIDE, UNREAD, Brand
from hearwell.benchmarks.watching import stop_watching, watch_again
from hearwell.channels.models import Channel, ChannelState, NetworkTerms
from hearwell.contacts.models import Contact, Identity
from hearwell.conversations.listing import QUEUES, CaseFilter
from hearwell.conversations.models import Case, Message
from hearwell.conversations.queries import case_list
from hearwell.inbox import watched as story
from hearwell.kit.clock import now
from hearwell.privacy.services.erasing import erase
from hearwell.reports.queries import channel_figures
from hearwell.reports.relation import Period
from hearwell.routing.models import Claim
from hearwell.sla.models import Clock
from hearwell.watching import services, sweeps
from hearwell.watching.models import Watch, WatchState
from hearwell.watching.rules import KEPT
from tests.watched_brand import SKERRY, Harbour, customer, harbour, well_known

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(workspace, alice) -> Panel:
    return Panel.objects.create(
        workspace_id=workspace.id, name="Air", industry="airline", brands=[], by_id=alice.id
    )


@pytest.fixture
def town(workspace, alice, panel, monkeypatch) -> Harbour:
    return harbour(workspace.id, alice, monkeypatch, panel_id=panel.id)


class PowerCutError(Exception):
    """Whatever ends a process."""


def week() -> Period:
    return Period(now() - timedelta(days=7), now())


def said(channel_id) -> dict[str, Message]:
    return {one.text: one for one in Message.objects.filter(channel_id=channel_id)}


def test_a_watched_brand_has_the_figures_that_were_worked_out_by_hand(
    town, panel, django_assert_max_num_queries
):
    well_known(town)
    watch = town.asked(name="Skerry")
    panel.refresh_from_db()
    assert [(one.name, one.channel_ids) for one in panel.members] == [
        ("Skerry", (str(watch.channel_id),))
    ]
    assert [one.why for one in league_of(panel, week()).lines] == [UNREAD]
    watch = town.read(watch)
    assert (watch.items, watch.failure_code, watch.phase) == (71, "", "")
    assert watch.begins_at < watch.ends_at <= now() < watch.next_at
    with django_assert_max_num_queries(10):
        line = league_of(panel, week(), "simply-measured").lines[0]
    figures = line.figures
    assert (figures.needs_reply, figures.answered, figures.response_rate) == (40, 30, 0.75)
    assert (figures.first_response_s.median, figures.first_response_s.n) == (15.5 * 60, 30)
    assert (line.place, line.why, line.notes) == (1, "", (OUTSIDE,))
    assert line.seen.mentions == 40


def test_it_is_history_starts_no_clock_and_is_no_figure_of_ours(town, workspace):
    well_known(town)
    watch = town.read(town.asked())
    assert set(Case.objects.values_list("is_historic", "status")) == {(True, "closed")}
    assert not Clock.objects.exists()
    assert not Claim.objects.exists()
    assert not any(case_list(workspace.id, CaseFilter(queue=one)).rows for one in QUEUES)
    ours = {one.channel_id: one.figures for one in channel_figures(workspace.id, week())}
    assert watch.channel_id not in ours or not ours[watch.channel_id].needs_reply


def test_read_again_it_adds_nothing_and_edits_and_deletions_are_noticed(town):
    at = now() - timedelta(hours=3)
    asked = town.says(customer(1), "@skerryjet where is my bag?", at)
    town.answers(asked, at + timedelta(minutes=5), "On our way")
    wrong = town.answers(asked, at + timedelta(minutes=6), "Nobody cares")
    town.says(SKERRY, "Sunny day", at + timedelta(minutes=9))
    town.network.post(SKERRY, "in private", kind="message", to="x")
    town.says(customer(2), "skerryjetty is a place", at + timedelta(minutes=10))
    watch = town.read(town.asked())
    before = set(said(watch.channel_id))
    assert before == {
        "@skerryjet where is my bag?", "On our way", "Nobody cares", "Sunny day",
    }  # fmt: skip
    assert town.read(watch).items == 4
    town.network.items[asked["id"]] |= {"text": "@skerryjet my blue bag?", "version": 2}
    del town.network.items[wrong["id"]]
    assert town.read(watch).items == 4
    kept = said(watch.channel_id)
    assert "@skerryjet my blue bag?" in kept
    gone = [one for one in kept.values() if one.deleted_at]
    assert [(one.remote_id, one.text) for one in gone] == [(wrong["id"], "")]


def test_a_crash_between_pages_loses_nothing_and_begins_nothing_anew(town, monkeypatch):
    well_known(town)
    watch = town.asked()
    half = town.read(watch, pages=2)
    assert (half.phase, half.ends_at) == ("own", None)
    assert half.cursor
    take = story.take_watched

    def crash(*given):
        take(*given)
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr("hearwell.watching.services.reading.take_watched", crash)
        stuck = town.read(watch)
    assert (stuck.cursor, stuck.items, stuck.failures) == (half.cursor, half.items, 1)
    assert stuck.next_at > now()
    whole = town.read(watch)
    assert (whole.items, whole.failures, Message.objects.filter(is_historic=True).count()) == (
        71, 0, 71,
    )  # fmt: skip


def test_a_wrong_handle_our_own_and_a_blind_account_are_refused(town, workspace, alice):
    wrong = town.asked("@skerrryjet")
    assert (wrong.state, wrong.failure_code) == (WatchState.REFUSED, "target_gone")
    assert not Channel.objects.filter(network="archive").exists()
    wishes = {"@northwindair": "handle", "": "handle", "two words": "handle"}
    for handle, field in wishes.items():
        with pytest.raises(services.BadWishError) as refused:
            services.ask(
                workspace.id, services.Wish(town.panel_id, town.channel.id, handle), by=alice
            )
        assert refused.value.field == field
    Channel.objects.filter(id=town.channel.id).update(state=ChannelState.PAUSED)
    with pytest.raises(services.BadWishError) as refused:
        town.asked()
    assert refused.value.field == "via"


def test_what_stands_against_a_reading_is_kept_and_it_goes_on_by_itself(town):
    well_known(town)
    watch = town.asked()
    town.network.items.clear()
    town.network.entries.clear()
    assert town.read(watch).failure_code == "target_gone"
    Channel.objects.filter(id=town.channel.id).update(state=ChannelState.DISCONNECTED)
    away = town.read(watch)
    assert (away.failure_code, away.failures) == ("away", 2)
    Channel.objects.filter(id=town.channel.id).update(state=ChannelState.ACTIVE)
    well_known(town)
    Watch.objects.filter(id=watch.id).update(read_on=now().date(), read_items=3000)
    full = town.read(watch)
    assert (full.failure_code, full.items) == ("ceiling", 0)
    assert full.next_at.hour == full.next_at.minute == 0
    Watch.objects.filter(id=watch.id).update(read_items=0)
    well = town.read(watch)
    assert (well.failure_code, well.failures, well.items) == ("", 0, 71)


def test_the_first_reading_is_cut_short_and_says_from_when_it_is_whole(town, monkeypatch):
    monkeypatch.setattr("hearwell.watching.rules.FIRST_ITEMS", 40)
    well_known(town)
    watch = town.read(town.asked())
    own = Message.objects.filter(channel_id=watch.channel_id, direction="out")
    theirs = Message.objects.filter(channel_id=watch.channel_id, direction="in")
    oldest = max(min(m.sent_at for m in own), min(m.sent_at for m in theirs))
    assert watch.begins_at == oldest


def test_stopped_it_is_kept_or_goes_after_a_week_with_those_who_wrote(
    town, panel, workspace, alice
):
    well_known(town)
    watch = town.read(town.asked())
    stop_watching(workspace.id, watch.id, keeps=True, by=alice)
    panel.refresh_from_db()
    assert len(panel.members) == 1
    assert sweeps.keep_to_limits() == 0
    watch_again(workspace.id, watch.id, by=alice)
    stop_watching(workspace.id, watch.id, keeps=False, by=alice)
    panel.refresh_from_db()
    assert panel.members == []
    watch_again(workspace.id, watch.id, by=alice)
    panel.refresh_from_db()
    assert panel.members == [Brand("SkerryJet", (str(watch.channel_id),))]
    stop_watching(workspace.id, watch.id, keeps=False, by=alice)
    Watch.objects.filter(id=watch.id).update(purge_at=now())
    assert sweeps.keep_to_limits() == 71
    for table in (Message, Case, Contact, Identity, Watch):
        assert not table.objects.exists(), table
    assert not Channel.objects.filter(network="archive").exists()
    acts = AuditRow.objects.filter(action__startswith="watch.").order_by("id")
    assert [one.action.partition(".")[2] for one in acts] == [
        "asked", "stopped", "undone", "stopped", "undone", "stopped", "removed",
    ]  # fmt: skip


def test_it_is_kept_for_thirteen_months_and_words_as_long_as_their_network_lets(town, monkeypatch):
    well_known(town)
    watch = town.read(town.asked())
    old = now() - KEPT - timedelta(days=1)
    mine = Message.objects.filter(channel_id=watch.channel_id)
    mine.filter(direction="in", text__contains="bag 7?").update(sent_at=old)
    assert sweeps.keep_to_limits() == 1
    monkeypatch.setattr(
        "hearwell.watching.services.keeping.words_for", lambda _rule: timedelta(hours=1)
    )
    mine.update(received_at=now() - timedelta(hours=2))
    assert sweeps.keep_to_limits() == 70
    assert set(mine.values_list("text", flat=True)) == {""}


def test_who_writes_to_others_is_erased_like_anybody_and_does_not_come_back(town, workspace, alice):
    well_known(town)
    watch = town.read(town.asked())
    person = Identity.objects.get(external_id="sandbox:c-7")
    erase(workspace.id, person.contact_id, by=alice)
    words = "@skerryjet where is bag 7?"
    assert words not in said(watch.channel_id)
    Watch.objects.filter(id=watch.id).update(ends_at=now() - timedelta(days=10))
    assert town.read(watch).items == 71
    assert words not in said(watch.channel_id)


def test_where_only_answers_are_shown_there_is_a_time_and_no_rate(town, panel):
    well_known(town)
    watch = town.read(town.asked())
    Watch.objects.filter(id=watch.id).update(hears_all=False)
    panel.refresh_from_db()
    line = league_of(panel, week(), "simply-measured").lines[0]
    assert (line.why, line.place, line.figures.response_rate) == (ONLY_ANSWERED, None, None)
    assert line.figures.first_response_s.median == 15.5 * 60
    assert line.voice is None


def test_the_sweep_finds_what_is_due_in_any_workspace_and_a_spent_cap_stops_it(town, workspace):
    well_known(town)
    watch = town.asked()
    assert sweeps.read_due() == 1
    assert sweeps.read_due() == 1  # found again, queued once
    services.pause(workspace.id, watch.id, by=town.by)
    assert sweeps.read_due() == 0
    services.resume(workspace.id, watch.id, by=town.by)
    assert sweeps.read_due() == 1
    assert not NetworkTerms.objects.exists()
    assert town.again(watch).hears_all
