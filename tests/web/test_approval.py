"""A second pair of eyes: handed in, read, approved or sent back; nobody approves their own."""

from __future__ import annotations

import html
import re

import pytest

from hearwell.accounts.models import AuditRow, Membership
from hearwell.conversations.models import Case, Draft, Message
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery
from hearwell.powers.models import Review, ReviewRule
from hearwell.powers.rules import Conditions, Submitted, reasons_to_read
from hearwell.powers.services import BadRuleError, Gift, add_review_rule, give
from hearwell.powers.waiting import Waiting, waiting_for
from tests.characters import _member
from tests.factories import make_case, make_channel, make_item, receive
from tests.web.conftest import HTMX
from tests.web.test_replying import form, send


@pytest.fixture
def channel(workspace):
    return make_channel()


@pytest.fixture
def case(channel):
    return make_case("Where is my bag?", channel)


@pytest.fixture
def training(workspace, alice, bob):
    """Bob's replies are read first."""
    return add_review_rule(workspace.id, Conditions(user_id=bob.id), by=alice)


@pytest.fixture
def lead(signed_in, workspace):
    return signed_in(_member(workspace, "Lea Lund", "lead", "LL"))


def card(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(digest|seen)" value="([^"]*)"', page))


def decide(client, delivery, **changes):
    page = client.get("/inbox/approval/").content.decode()
    return client.post(f"/sent/{delivery.id}/approve/", {**card(page), "do": "approve", **changes})


def test_a_trainees_reply_waits_and_says_so(agent, case, training):
    page = send(agent, case).content.decode()
    delivery = Delivery.objects.get()
    assert delivery.state == "approval"
    assert "Handed in. It goes out when somebody has approved it." in page
    assert "Waiting for approval" in page
    assert "Take it back" in page
    assert Review.objects.get().reasons == [{"user_id": str(training.user_id)}]
    own = agent.get("/inbox/approval/").content.decode()
    assert "It is on its way" in own
    assert "Approve and send" not in own


def test_others_go_by_themselves(owner, case, training):
    send(owner, case)
    assert Delivery.objects.get().state == "queued"
    assert not Review.objects.exists()


def test_a_lead_reads_and_approves_exactly_that(agent, lead, case, training):
    send(agent, case)
    delivery = Delivery.objects.get()
    page = lead.get("/inbox/approval/").content.decode()
    assert "It is on its way ^BB" in page
    assert "Where is my bag?" in page
    assert "Bob Brown is in training" in page
    assert decide(lead, delivery, digest="0" * 64).status_code == 422
    assert Delivery.objects.get().state == "approval"
    assert decide(lead, delivery).status_code == 302
    assert Delivery.objects.get().state == "queued"
    review = Review.objects.get()
    assert (review.state, review.digest) == ("approved", delivery.digest)
    assert AuditRow.objects.get(action="reply.approved").actor_name == "Lea Lund"
    assert "No reply of a colleague waits" in lead.get("/inbox/approval/").content.decode()


def test_a_change_after_it_was_handed_in_voids_it(agent, lead, case, training):
    send(agent, case)
    delivery = Delivery.objects.get()
    Delivery.objects.update(draft={**delivery.draft, "text": "Something else entirely"})
    answer = decide(lead, delivery)
    assert answer.status_code == 422
    assert "This is not what was handed in" in answer.content.decode()
    assert Delivery.objects.get().state == "approval"


def test_nobody_approves_their_own(owner, lead, case, workspace, alice, bob):
    _ = lead
    add_review_rule(workspace.id, Conditions(role="owner"), by=alice)
    send(owner, case)
    delivery = Delivery.objects.get()
    page = owner.post(f"/sent/{delivery.id}/approve/", {"digest": delivery.digest}).content.decode()
    assert "You wrote this: somebody else has to read it." in page
    assert Delivery.objects.get().state == "approval"


def test_an_agent_approves_nothing(agent, owner, case, workspace, alice, bob):
    add_review_rule(workspace.id, Conditions(), by=alice)
    send(owner, case)
    delivery = Delivery.objects.get()
    answer = agent.post(f"/sent/{delivery.id}/approve/", {"digest": delivery.digest})
    assert answer.status_code == 403
    assert "It is on its way" not in agent.get("/inbox/approval/").content.decode()


def test_changes_are_asked_for_and_the_words_come_back(agent, lead, case, training):
    send(agent, case)
    delivery = Delivery.objects.get()
    assert decide(lead, delivery, do="return", remark=" ").status_code == 422
    assert Delivery.objects.get().state == "approval"
    decide(lead, delivery, do="return", remark="Say by which flight.")
    assert Delivery.objects.get().state == "cancelled"
    assert Draft.objects.get().text == "It is on its way"
    note = Message.objects.get(kind="note")
    assert note.text == "To Bob Brown, before this reply goes out: Say by which flight."
    page = agent.get("/inbox/approval/").content.decode()
    assert "Sent back to you" in page
    assert "Say by which flight." in page
    case = agent.get(f"/c/{case.id}/").content.decode()
    assert "It is on its way</textarea>" in case
    assert AuditRow.objects.filter(action="reply.returned").count() == 1


def test_what_came_back_is_gone_from_the_list_when_handed_in_again(agent, lead, case, training):
    send(agent, case)
    decide(lead, Delivery.objects.get(), do="return", remark="By which flight?")
    send(agent, case, text="It is on NW204")
    page = agent.get("/inbox/approval/").content.decode()
    assert "Sent back to you" not in page
    assert Review.objects.filter(state="waiting").count() == 1


def test_its_author_takes_it_back(agent, lead, case, training):
    send(agent, case)
    delivery = Delivery.objects.get()
    agent.post(f"/sent/{delivery.id}/settle/", {"act": "recall"}, headers=HTMX)
    assert Delivery.objects.get().state == "cancelled"
    assert Review.objects.get().state == "recalled"
    assert Draft.objects.get().text == "It is on its way"
    late = lead.post(f"/sent/{delivery.id}/approve/", {"digest": delivery.digest})
    assert "does not wait any more" in late.content.decode()


def test_a_colleague_cannot_take_it_back(agent, signed_in, workspace, case, training):
    send(agent, case)
    delivery = Delivery.objects.get()
    other = signed_in(_member(workspace, "Otto Ott", "agent", "OO"))
    assert "Take it back" not in other.get(f"/c/{case.id}/").content.decode()
    other.post(f"/sent/{delivery.id}/settle/", {"act": "recall"}, headers=HTMX)
    assert Delivery.objects.get().state == "approval"


def test_who_approves_after_the_customer_wrote_has_to_have_read_it(
    agent, lead, case, channel, training
):
    from hearwell.outbound import services as outbound
    from hearwell.outbound.services import LaneMove

    send(agent, case)
    delivery = Delivery.objects.get()
    old = card(lead.get("/inbox/approval/").content.decode())
    key = Message.objects.get(case_id=case.id).remote_id
    receive(channel, [make_item("Found it, never mind!", thread_key=key)])
    move = LaneMove(delivery.lane_id, delivery.channel_id, delivery.account)
    outbound.lanes_moved(delivery.workspace_id, [move])
    stale = lead.post(f"/sent/{delivery.id}/approve/", {**old, "do": "approve"})
    assert "The customer wrote since" in stale.content.decode()
    assert "Found it, never mind!" in stale.content.decode()
    assert "It is still right: approve" in stale.content.decode()
    assert decide(lead, delivery).status_code == 302
    assert Delivery.objects.get().state == "queued"


def test_send_and_solve_leaves_the_case_open_until_then(agent, case, training):
    page = send(agent, case, solve="1").content.decode()
    assert Case.objects.get(id=case.id).status == "open"
    assert "the rest is left to you then" in page


def test_clocks_and_turn_go_on(agent, case, training):
    before = Case.objects.get(id=case.id)
    send(agent, case)
    after = Case.objects.get(id=case.id)
    assert (after.turn, after.waiting_since, after.due_at) == (
        before.turn, before.waiting_since, before.due_at,
    )  # fmt: skip


def test_the_same_form_twice_is_handed_in_once(agent, case, training):
    fields = form(agent, case)
    for _ in range(2):
        agent.post(f"/c/{case.id}/reply/", fields, headers=HTMX)
    assert Review.objects.count() == 1


def test_the_queue_is_counted_where_there_is_one(agent, lead, owner, case, workspace, alice, bob):
    assert 'data-count="approval"' not in lead.get("/inbox/").content.decode()
    add_review_rule(workspace.id, Conditions(user_id=bob.id), by=alice)
    send(agent, case)
    for client in (lead, agent):
        page = client.get("/inbox/").content.decode()
        assert re.search(r'data-count="approval">1<', page)


def test_pages_keep_their_budget(agent, lead, owner, channel, training, budget):
    for n in range(3):
        send(agent, make_case(f"Where is bag {n}?", channel))
    lead.get("/inbox/approval/")
    with budget(12):
        lead.get("/inbox/approval/")
    with budget(12):
        lead.get("/inbox/")
    with budget(15):
        owner.get("/settings/approval/")


def test_rules_are_made_and_removed_on_their_page(owner, workspace, bob):
    _member(workspace, "Lea Lund", "lead", "LL")
    rule = {
        "whose": f"user:{bob.id}",
        "network": "sandbox",
        "audience": "public",
        "kind": "complaint",
    }
    assert owner.post("/settings/approval/", rule).status_code == 302
    owner.post("/settings/approval/", rule)
    made = ReviewRule.objects.get()
    page = html.unescape(owner.get("/settings/approval/").content.decode())
    assert "Bob Brown is in training" in page
    owner.post("/settings/approval/", {"do": "remove", "rule": str(made.id)})
    assert not ReviewRule.objects.exists()
    acts = AuditRow.objects.filter(action__startswith="approval.").values_list("action", flat=True)
    assert sorted(acts) == ["approval.rule_made", "approval.rule_removed"]


def test_a_rule_that_leaves_nobody_to_read_is_refused(owner, alice, bob, workspace):
    answer = owner.post("/settings/approval/", {"whose": f"user:{alice.id}"})
    assert answer.status_code == 422
    assert "Nobody else could approve" in answer.content.decode()
    with pytest.raises(BadRuleError):
        add_review_rule(workspace.id, Conditions(role="viewer"), by=alice)
    assert not ReviewRule.objects.exists()


def test_the_only_reader_is_told_that_their_own_replies_wait_for_nobody(
    owner, agent, case, workspace, training
):
    alone = "Only one person may read replies here"
    assert alone not in owner.get("/settings/approval/").content.decode()
    page = owner.post("/settings/approval/", {"whose": ""}, follow=True).content.decode()
    assert alone in page
    assert 'href="/settings/people/"' in page
    _member(workspace, "Lea Lund", "lead", "LL")
    assert alone not in owner.get("/settings/approval/").content.decode()


def test_agents_do_not_change_whose_replies_are_read(agent):
    assert agent.get("/settings/approval/").status_code == 403


def test_of_each_condition_all_have_to_fit(bob):
    what = Submitted("agent", bob.id, "wire", "public", "complaint")
    assert reasons_to_read([Conditions()], what) == [{}]
    assert reasons_to_read([Conditions(network="wire", kind="complaint")], what)
    assert not reasons_to_read([Conditions(network="wire", kind="praise")], what)
    assert not reasons_to_read([Conditions(role="lead"), Conditions(audience="private")], what)


def test_who_left_the_role_is_read_no_more(agent, case, workspace, alice, bob):
    add_review_rule(workspace.id, Conditions(role="agent"), by=alice)
    Membership.objects.filter(user=bob).update(role="lead")
    send(agent, case)
    assert Delivery.objects.get().state == "queued"


def test_a_live_screen_is_told_the_same_counts(agent, case, training, alice, bob):
    send(agent, case)
    told = waiting_for(case.workspace_id, [alice.id, bob.id])
    assert told == {alice.id: Waiting(1, 0, None), bob.id: Waiting(1, 0, None)}
    Review.objects.update(state="returned")
    assert waiting_for(case.workspace_id, [bob.id]) == {bob.id: Waiting(0, 1, None)}
    assert 'data-count="approval">1<' in agent.get("/inbox/").content.decode()
    send(agent, case)
    assert waiting_for(case.workspace_id, [bob.id]) == {bob.id: Waiting(1, 0, None)}
    Review.objects.update(state="approved")
    assert waiting_for(case.workspace_id, [bob.id]) == {bob.id: Waiting(0, 0, None)}


def test_what_is_asked_for_stands_among_the_queues_of_who_may_approve(owner, agent, case, bob):
    assert "Grants to decide" not in owner.get("/inbox/").content.decode()
    gift = Gift(case_id=case.id, key=uuid7(), amount_minor=900_00, reason="damage")
    give(gift, by=Membership.objects.get(user=bob))
    assert 'data-count="grants">1<' in owner.get("/inbox/").content.decode()
    assert "Grants to decide" not in agent.get("/inbox/").content.decode()
