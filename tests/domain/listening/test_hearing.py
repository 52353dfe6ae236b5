"""From a search to a case: what is taken in, what is left alone, and what is said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.channels.listening import hearing
from hearwell.channels.listening.hearing import Ears
from hearwell.channels.models import ChannelHealth, RawDelivery, StreamCursor
from hearwell.channels.queries import searched_at
from hearwell.channels.services import RawRow, keep
from hearwell.connect.failures import Unavailable
from hearwell.connect.model import InboundMessage, Source
from hearwell.connectors.sandbox.fake import PAGE
from hearwell.conversations.models import EarlyChange, Message, Waiting
from hearwell.conversations.queries import CaseFilter, case_list
from hearwell.inbox import acts
from hearwell.inbox.intake import take_heard
from hearwell.kit.clock import now
from hearwell.listening.models import Hit, TermDay
from hearwell.listening.queries import failed_searches
from hearwell.listening.services import TermFacts, let_answer, save_term, switch_term
from hearwell.sla.models import Clock
from tests.domain.listening.conftest import Ground


def test_a_post_that_names_us_becomes_a_case_at_its_stage(ground: Ground) -> None:
    ground.term()
    ground.say("Northwind cancelled my flight and I sleep at the gate")
    ground.say("What a lovely day")
    ground.look()

    (case,) = ground.cases
    assert (case.stage, case.status, case.turn) == ("named", "open", "none")
    assert Message.objects.get().stage == "named"
    (hit,) = ground.hits
    assert (hit.outcome, hit.case_id, hit.text) == ("hit", case.id, "")
    assert RawDelivery.objects.get().source == Source.SEARCH


def test_a_matter_of_ours_without_our_name_is_about_us(ground: Ground) -> None:
    ground.term("Fjord route", kind="subject", phrases=("Bergen flight",))
    ground.say("Anybody else stuck on the Bergen flight?")
    ground.look()
    assert ground.cases[0].stage == "about"


def test_a_name_counts_before_a_matter(ground: Ground) -> None:
    matter = ground.term("Fjord route", kind="subject", phrases=("Bergen flight",))
    name = ground.term()
    ground.say("Northwind, is the Bergen flight on time?")
    ground.look()
    assert ground.cases[0].stage == "named"
    assert ground.hits[0].term_id == name.id != matter.id


def test_what_is_found_again_is_one_message_and_counted_once(ground: Ground) -> None:
    ground.term(phrases=("Northwind", "Northwind Air"))
    ground.say("Northwind Air, again")
    for _ in range(3):
        ground.look_later()
    assert ground.texts == ["Northwind Air, again"]
    assert Hit.objects.count() == 1
    assert TermDay.objects.get().taken == 1


def test_a_page_that_says_nothing_new_is_not_kept_again(ground: Ground) -> None:
    ground.term()
    ground.say("Northwind, one")
    ground.look()
    kept = RawDelivery.objects.count()
    ground.look_later()
    assert RawDelivery.objects.count() == kept
    ground.say("Northwind, two")
    ground.look_later()
    assert RawDelivery.objects.count() == kept + 1
    assert sorted(ground.texts) == ["Northwind, one", "Northwind, two"]


def test_a_search_reads_back_to_what_it_knows_over_several_pages(ground: Ground) -> None:
    ground.term()
    ground.say("Northwind, the first")
    ground.look()
    for number in range(7):  # the fake gives two a page
        ground.say(f"Northwind, number {number}")
    ground.look_later()
    assert len(ground.texts) == 8


def test_what_is_left_out_is_remembered_with_its_reason_and_opens_nothing(ground: Ground) -> None:
    ground.term(phrases=("Northwind",), exclusions=("Northwind Traders",))
    ground.say("Northwind Traders has new cheese")
    ground.look()
    assert ground.cases == []
    (hit,) = ground.hits
    assert (hit.outcome, hit.text) == ("excluded", "Northwind Traders has new cheese")
    assert hit.reasons[0]["word"] == "Northwind Traders"
    assert TermDay.objects.get().excluded == 1


def test_our_own_words_are_nothing_that_we_hear(ground: Ground) -> None:
    ground.term()
    ground.fake.harbour._now = now()
    ground.fake.harbour.post(PAGE, "Northwind flies to Bergen again")
    ground.look()
    assert (ground.cases, ground.hits) == ([], [])


def test_a_new_term_does_not_fill_the_inbox_with_the_past(ground: Ground) -> None:
    with time_machine.travel(now() - timedelta(days=3)):
        ground.say("Northwind, three days ago")
    ground.term()
    ground.say("Northwind, today")
    ground.look()
    assert ground.texts == ["Northwind, today"]


def test_a_term_that_is_off_looks_for_nothing(ground: Ground) -> None:
    term = ground.term()
    switch_term(ground.workspace.id, term.id, is_active=False, by=ground.alice)
    ground.say("Northwind, hello")
    ground.look()
    assert not StreamCursor.objects.exists()
    assert ground.cases == []


def test_only_the_networks_meant_are_searched(ground: Ground) -> None:
    ground.term(networks=("bluesky",))
    ground.say("Northwind, hello")
    ground.look()
    assert ground.cases == []


def test_an_edit_that_only_a_search_tells_of_leaves_no_trace_of_strangers(ground: Ground) -> None:
    ground.term(exclusions=("cheese",))
    post = ground.say("Northwind cheese")
    ground.fake.harbour.edit(post, "Northwind cheese, edited")
    ground.look()
    assert not EarlyChange.objects.exists()


def test_what_we_look_for_says_nothing_of_how_late_the_network_is(ground: Ground) -> None:
    ground.term()
    ground.say("Northwind, hello")
    ground.look()
    assert ChannelHealth.objects.get(channel=ground.channel).lag_s is None


def test_a_deletion_that_only_a_search_tells_of_leaves_no_trace_of_strangers(
    ground: Ground,
) -> None:
    post = ground.say("Something that no term found")
    ground.fake.harbour.delete(post)
    raw = replace(ground.fake.delivered()[-1], source=Source.SEARCH)
    assert ground.channel.endpoint_id is not None
    keep([RawRow.of(ground.channel.endpoint_id, raw)])
    ground.drain()
    assert not EarlyChange.objects.exists()


def test_a_search_that_fails_says_nothing_ill_of_an_account_that_works(
    ground: Ground,
) -> None:
    ground.term()
    before = ChannelHealth.objects.get(channel=ground.channel).state
    ground.fake.harbour.next_answer = lambda _: httpx.Response(503)
    with pytest.raises(Unavailable):
        ground.look()
    assert ChannelHealth.objects.get(channel=ground.channel).state == before
    ground.say("Northwind, are you there?")
    ground.look()
    assert ground.texts == ["Northwind, are you there?"]


def test_a_dead_token_is_renewed_and_the_search_goes_on(ground: Ground) -> None:
    ground.term()
    ground.say("Northwind, are you there?")
    ground.fake.harbour.access = "another"
    ground.look()
    assert ground.texts == ["Northwind, are you there?"]


def test_a_stream_that_hears_everybody_is_told_our_words(ground: Ground) -> None:
    ground.term(phrases=("Northwind", "Nordwind"))
    ears = Ears(ground.workspace.id, ground.channel.id, ground.channel)
    assert hearing._account(ears).words == ("Northwind", "Nordwind")


# --- a tag wins ----------------------------------------------------------------------------------


def test_a_tag_that_comes_after_the_search_wins(ground: Ground) -> None:
    ground.term()
    post = ground.say("@northwindair Northwind cancelled my flight, nobody answers")
    ground.fake.harbour.items[post["id"]]["mentions"] = []
    ground.look()
    assert ground.cases[0].stage == "named"
    assert not Clock.objects.exists()

    ground.webhook(post)

    (case,) = ground.cases
    assert (case.stage, case.turn) == ("", "ours")
    assert Message.objects.get().stage == ""
    assert Clock.objects.filter(case_id=case.id).exists(), "now somebody was promised an answer"


def test_a_tag_that_came_before_the_search_stays(ground: Ground) -> None:
    ground.term()
    post = ground.say("Northwind cancelled my flight")
    ground.webhook(post)
    ground.look()
    (case,) = ground.cases
    assert case.stage == ""
    assert ground.hits == []


def test_a_search_that_finds_a_tag_treats_it_as_one(ground: Ground) -> None:
    ground.term()
    ground.say(
        "@northwindair Northwind is late",
        mentions=[{"start": 0, "end": 13, "handle": "northwindair"}],
    )
    ground.look()
    assert ground.cases[0].stage == ""
    assert Clock.objects.exists()


def test_somebody_who_addresses_us_later_in_the_thread_makes_it_ours(ground: Ground) -> None:
    ground.term()
    post = ground.say("Northwind lost my bag, where is it?")
    ground.look()
    below = {"parent_id": post["id"], "root_id": post["id"]}
    ground.fake.harbour._now = now()
    comment = ground.fake.harbour.post(post["author"], "@northwindair where is it?", **below)
    ground.webhook(comment)
    (case,) = ground.cases
    assert case.stage == ""
    assert Clock.objects.exists()


# --- clocks --------------------------------------------------------------------------------------


def test_nobody_waits_where_nobody_may_answer_and_somebody_does_where_they_may(
    ground: Ground,
) -> None:
    ground.term()
    ground.say("Northwind cancelled my flight, what now?")
    ground.look()
    assert not Clock.objects.exists()
    assert not Waiting.objects.exists()
    let_answer(ground.membership(ground.alice), ground.alice, is_allowed=True)
    ground.say("Northwind lost my bag, what now?", root_id="other", branch_id="other")
    ground.look_later()
    assert Clock.objects.exists()
    assert [case.turn for case in ground.cases] == ["none", "ours"]


def test_an_edit_makes_nobody_wait_where_nobody_may_answer(ground: Ground) -> None:
    ground.term()
    post = ground.say("Northwind flies over my house")
    ground.look()
    ground.fake.harbour.edit(post, "Northwind cancelled my flight and nobody answers!")
    assert ground.channel.endpoint_id is not None
    keep([RawRow.of(ground.channel.endpoint_id, ground.fake.delivered()[-1])])
    ground.drain()
    assert Message.objects.get().version == 2
    assert not Clock.objects.exists()
    assert not Waiting.objects.exists()


def test_what_was_left_out_turns_into_hits_in_one_statement(ground: Ground) -> None:
    term = ground.term(exclusions=("football",))
    for text in ("Northwind lost at football", "Football at Northwind again"):
        ground.say(text)
    posts = [item for raw in ground.fake.delivered() for item in ground.fake.connector.parse(raw)]
    items = [post for post in posts[-2:] if isinstance(post, InboundMessage)]
    take_heard(ground.channel, items)
    assert {hit.outcome for hit in ground.hits} == {"excluded"}

    save_term(ground.workspace.id, TermFacts(name="Northwind"), by=ground.alice, term_id=term.id)
    with CaptureQueriesContext(connection) as done:
        take_heard(ground.channel, items)

    said = [query["sql"].replace('"', "").split() for query in done]
    assert [words[:2] for words in said].count(["UPDATE", "listening_hit"]) == 1
    made = {message.remote_id: message for message in Message.objects.all()}
    assert {(h.outcome, h.text, h.message_id, h.case_id) for h in ground.hits} == {
        ("hit", "", message.id, message.case_id) for message in made.values()
    }


@pytest.mark.parametrize("is_allowed", [False, True])
def test_a_corrected_label_makes_nobody_wait_who_may_not_be_answered(
    ground: Ground, is_allowed: bool
) -> None:
    ground.term()
    if is_allowed:
        let_answer(ground.membership(ground.alice), ground.alice, is_allowed=True)
    ground.say("Northwind, what a view from up here")
    ground.look()
    message, by = Message.objects.get(), ground.membership(ground.alice)
    for kind in ("chatter", "complaint"):
        acts.correct_kind(message.case_id, message.id, kind, by)
    (case,) = ground.cases
    assert (case.kind, case.turn) == ("complaint", "ours" if is_allowed else "none")
    needing = case_list(ground.workspace.id, CaseFilter(queue="needs")).rows
    assert [row.id for row in needing] == [case.id] * is_allowed
    assert Waiting.objects.exists() is is_allowed
    assert Clock.objects.filter(state="running").exists() is is_allowed


def test_a_search_that_fails_is_told_beside_its_term_until_it_works(ground: Ground) -> None:
    term = ground.term()
    other = ground.term("Fjord route", kind="subject", phrases=("Bergen flight",))
    other_off = ground.term("Old name", phrases=("Northwind Lines",))
    switch_term(ground.workspace.id, other_off.id, is_active=False, by=ground.alice)
    ground.fake.harbour.next_answer = lambda _: httpx.Response(503)
    with pytest.raises(Unavailable):
        ground.look()
    terms = [term, other, other_off]
    failed = failed_searches(ground.workspace.id, terms)
    told = [one for of in terms for one in failed.get(of.id, ())]
    assert [(one.channel.id, one.code) for one in told] == [(ground.channel.id, "unavailable")]
    assert failed[term.id]
    assert not searched_at(ground.workspace.id)  # nothing has been looked for yet
    ground.look()
    assert failed_searches(ground.workspace.id, terms) == {}
