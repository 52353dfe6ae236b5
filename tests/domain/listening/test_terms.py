"""Terms, who may answer, judgements, figures, and what is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from hearwell.accounts.models import AuditRow, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.inbox import acts, reply
from hearwell.inbox.reply import CannotSend, Reply
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.listening.models import Hit, Term
from hearwell.listening.queries import latest_posts, may_answer_untagged, term_rows
from hearwell.listening.services import (
    BadTermError,
    NotTheOwnerError,
    TermFacts,
    forget_everywhere,
    judge_hit,
    let_answer,
    save_term,
)
from hearwell.outbound.models import Delivery
from tests.domain.listening.conftest import Ground


def test_saving_the_same_again_is_no_new_version(ground: Ground) -> None:
    term = ground.term(phrases=("Northwind", " northwind ", ""), exclusions=("Traders",))
    assert (term.version, term.phrases) == (1, ["Northwind"])
    facts = TermFacts(name="Northwind", phrases=("Northwind",), exclusions=("Traders",))
    same = save_term(ground.workspace.id, facts, by=ground.alice, term_id=term.id)
    assert same.version == 1
    assert AuditRow.objects.filter(action="listening.term_changed").count() == 0
    facts = TermFacts(name="Northwind", phrases=("Northwind", "NWA"), exclusions=("Traders",))
    assert save_term(ground.workspace.id, facts, by=ground.alice, term_id=term.id).version == 2
    row = AuditRow.objects.get(action="listening.term_changed")
    assert row.after == {"phrases": ["Northwind", "NWA"]}


@pytest.mark.parametrize(
    "facts",
    [
        TermFacts(name="  "),
        TermFacts(name="🙂"),
        TermFacts(name="X"),
        TermFacts(name="Northwind", phrases=("Northwind", "!!")),
        TermFacts(name="Northwind", exclusions=("northwind",)),
        TermFacts(name="Northwind", helps=tuple(f"word{n}" for n in range(300))),
        TermFacts(name="Northwind", against=("x" * 200,)),
    ],
)
def test_a_term_that_makes_no_sense_is_refused_in_words(ground: Ground, facts: TermFacts) -> None:
    with pytest.raises(BadTermError, match=r"\w+ \w+"):
        save_term(ground.workspace.id, facts, by=ground.alice)
    assert not Term.objects.exists()


def test_two_terms_cannot_have_one_name(ground: Ground) -> None:
    ground.term()
    with pytest.raises(BadTermError):
        ground.term()


def test_terms_and_hits_of_one_workspace_are_out_of_sight_of_another(
    ground: Ground, other_workspace: Workspace
) -> None:
    ground.term()
    ground.say("Northwind, hello")
    ground.look()
    with scope(other_workspace.id):
        assert not Term.objects.exists()
        assert not Hit.objects.exists()
        assert term_rows(ground.workspace.id) == []
        assert latest_posts(ground.workspace.id) == []


# --- answering -----------------------------------------------------------------------------------


def _reply(ground: Ground, text: str = "We are sorry.") -> Reply:
    (case,) = ground.cases
    return Reply(
        case_id=case.id, text=text, audience="public", key=uuid7(), seen_version=case.version,
        confirm=True,
    )  # fmt: skip


def _heard(ground: Ground) -> None:
    ground.term()
    ground.say("Northwind cancelled my flight")
    ground.look()


def test_answering_is_refused_until_an_owner_allows_it(ground: Ground, bob: User) -> None:
    _heard(ground)
    agent = ground.membership(bob)
    with pytest.raises(CannotSend, match="Alice Adams") as refused:
        reply.send_reply(_reply(ground), agent)
    assert refused.value.problems[0].code == "untagged"
    with pytest.raises(CannotSend):
        reply.preview(_reply(ground), agent)
    assert not Delivery.objects.exists()

    let_answer(ground.membership(ground.alice), ground.alice, is_allowed=True)
    assert reply.send_reply(_reply(ground), agent).draft["text"].startswith("We are sorry.")

    let_answer(ground.membership(ground.alice), ground.alice, is_allowed=False)
    with pytest.raises(CannotSend):
        reply.send_reply(_reply(ground, "Once more."), agent)


def test_only_an_owner_may_allow_it_and_it_is_written_down_once(ground: Ground, bob: User) -> None:
    member = ground.membership(bob)
    for role in ("agent", "lead", "admin", "viewer"):
        member.role = role
        with pytest.raises(NotTheOwnerError):
            let_answer(member, bob, is_allowed=True)
    assert not may_answer_untagged(ground.workspace.id)
    owner = ground.membership(ground.alice)
    assert let_answer(owner, ground.alice, is_allowed=True)
    assert not let_answer(owner, ground.alice, is_allowed=True)
    assert may_answer_untagged(ground.workspace.id)
    row = AuditRow.objects.get(action="listening.answers_allowed")
    assert (row.actor_id, row.before, row.after) == (
        ground.alice.id,
        {"may_answer_untagged": False},
        {"may_answer_untagged": True},
    )


# --- judging -------------------------------------------------------------------------------------


def test_not_about_us_closes_the_case_and_is_kept_and_can_be_undone(ground: Ground) -> None:
    _heard(ground)
    (case,) = ground.cases
    owner = ground.membership(ground.alice)
    acts.close_case(case.id, "not_about_us", owner)
    (hit,) = ground.hits
    assert (hit.is_about_us, hit.judged_by_id) == (False, ground.alice.id)
    assert ground.cases[0].closed_reason == "not_about_us"

    acts.reopen_case(case.id, owner)
    (hit,) = ground.hits
    assert (hit.is_about_us, hit.judged_by_id, hit.judged_at) == (None, None, None)
    assert ground.cases[0].status == "open"


def test_precision_and_share_are_counted_from_what_people_judged(ground: Ground) -> None:
    ground.term()
    ground.term("Fjord route", kind="subject", phrases=("Bergen flight",), exclusions=("train",))
    for number in range(3):
        ground.say(f"Northwind, number {number}", root_id=f"r{number}")
    ground.say("the Bergen flight is late", root_id="r9")
    ground.say("the Bergen flight and the train", root_id="r10")
    ground.look()
    hits = ground.hits
    for hit, verdict in zip(hits, (True, True, False, None, True), strict=True):
        judge_hit(ground.workspace.id, hit.id, is_about_us=verdict, by_id=ground.alice.id)

    fjord, northwind = term_rows(ground.workspace.id)
    assert (northwind.week, northwind.month, northwind.share.value) == (3, 3, 0.75)
    assert (northwind.precision.right, northwind.precision.n) == (2, 3)
    assert (fjord.week, fjord.left_out, fjord.missed) == (1, 1, 1)
    assert fjord.precision.value is None, "nobody judged what it took in"


def test_a_judgement_of_another_workspace_is_none(
    ground: Ground, other_workspace: Workspace
) -> None:
    _heard(ground)
    with scope(other_workspace.id):
        hit = ground.hits
    assert hit == []
    (own,) = ground.hits
    with scope(other_workspace.id):
        assert not judge_hit(other_workspace.id, own.id, is_about_us=True, by_id=ground.alice.id)


# --- looking and forgetting ----------------------------------------------------------------------


def test_the_latest_posts_are_those_taken_in_and_those_left_out(ground: Ground) -> None:
    ground.term(exclusions=("cheese",))
    ground.say("Northwind cheese")
    ground.say("Northwind, hello", root_id="x")
    ground.webhook(ground.say("Something else that they told us", root_id="y"))
    ground.look()
    newest = latest_posts(ground.workspace.id)
    assert [post.text for post in newest] == [
        "Something else that they told us", "Northwind, hello", "Northwind cheese",
    ]  # fmt: skip
    assert [post.case_id is not None for post in newest] == [True, True, False]


def test_words_of_strangers_are_forgotten_after_a_month(ground: Ground) -> None:
    ground.term(exclusions=("cheese",))
    ground.say("Northwind cheese")
    ground.say("Northwind, hello", root_id="x")
    ground.look()
    assert forget_everywhere() == 0
    with time_machine.travel(now() + timedelta(days=31)):
        assert forget_everywhere() == 1
    assert [hit.outcome for hit in ground.hits] == ["hit"]


def test_a_changed_term_takes_in_what_it_left_out_before(ground: Ground) -> None:
    term = ground.term(exclusions=("cheese",))
    ground.say("Northwind cheese on board was mouldy")
    ground.look()
    assert ground.cases == []
    facts = TermFacts(name="Northwind", exclusions=("Traders",))
    save_term(ground.workspace.id, facts, by=ground.alice, term_id=term.id)
    ground.say("Northwind again", root_id="x")  # a page with news brings the older post along
    ground.look_later()
    assert len(ground.cases) == 2
    assert {hit.outcome for hit in ground.hits} == {"hit"}
