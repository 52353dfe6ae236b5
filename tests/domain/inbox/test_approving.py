"""What was approved goes through the same gates as everything else."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import add_member
from hearwell.inbox import approving, reply
from hearwell.inbox.unsendable import CannotSend, NotPermitted, NotWaiting, OwnReply
from hearwell.outbound.models import Delivery, Transition
from hearwell.outbound.services import switches
from hearwell.powers.giving import DEFAULTS, Power
from hearwell.powers.models import Review
from hearwell.powers.rules import Conditions
from hearwell.powers.services import add_review_rule, set_powers
from tests.domain.inbox.conftest import Care


@pytest.fixture
def lead(care: Care):
    user = User.objects.create_user("lea@x.org", name="Lea Lund")
    member = add_member(Workspace.objects.get(id=care.ws), user, "lead")
    with care.inside():
        add_review_rule(care.ws, Conditions(user_id=care.anna.user_id), by=user)
    return member


def test_it_leaves_only_when_approved(care: Care, lead) -> None:
    row = care.send(care.reply())
    assert care.deliver(row).state == "approval"
    assert care.wire.posts == []
    with care.inside():
        approving.approve(row.id, row.digest, lead)
    assert care.deliver(row).state == "sent"


def test_a_kill_switch_still_holds_it(care: Care, lead) -> None:
    row = care.send(care.reply())
    with care.inside():
        switches.stop(care.ws, "workspace", reason="Something burns")
        approving.approve(row.id, row.digest, lead)
    assert care.deliver(row).state == "held"


def test_what_the_customer_wrote_after_the_approval_still_stops_it(care: Care, lead) -> None:
    row = care.send(care.reply())
    with care.inside():
        approving.approve(row.id, row.digest, lead)
    care.hears_from_lena("Never mind!")
    assert care.deliver(row).state == "stale"


def test_the_same_rule_from_two_at_once_is_one(care: Care, lead) -> None:
    start, made = threading.Barrier(4), []

    def run() -> None:
        start.wait()
        with care.inside():
            made.append(add_review_rule(care.ws, Conditions(network="wire"), by=lead.user).id)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1


def test_what_went_stale_after_the_approval_is_no_more_its_authors_to_send(
    care: Care, lead
) -> None:
    row = care.send(care.reply())
    with care.inside():
        approving.approve(row.id, row.digest, lead)
    care.hears_from_lena("Never mind!")
    assert care.deliver(row).state == "stale"
    with care.inside():
        with pytest.raises(OwnReply):
            reply.send_anyway(row.id, care.anna)
        with pytest.raises(NotPermitted):
            reply.send_anyway(row.id, care.ben)
        assert Delivery.objects.get(id=row.id).state == "stale"
        assert reply.send_anyway(row.id, lead)
    assert care.deliver(row).state == "sent"


def test_nobody_sends_anyway_where_their_role_does_not_answer(care: Care, lead) -> None:
    with care.inside():
        row = reply.send_reply(care.reply(), lead)
    care.hears_from_lena("Never mind!")
    assert care.deliver(row).state == "stale"
    closed = Power(DEFAULTS["agent"].limits, audiences=["private"])
    with care.inside():
        set_powers(care.ws, {"agent": closed}, by=lead.user)
        with pytest.raises(CannotSend):
            reply.send_anyway(row.id, care.ben)
        Delivery.objects.filter(id=row.id).update(state="needs_human")
        with pytest.raises(CannotSend):
            reply.send_again(row.id, care.ben)
        assert reply.send_again(row.id, lead)


def test_of_approving_and_sending_back_at_once_one_wins(care: Care, lead) -> None:
    row = care.send(care.reply())
    start, said = threading.Barrier(2), []

    def run(act) -> None:
        start.wait()
        try:
            with care.inside():
                said.append(bool(act()))
        except NotWaiting:
            said.append(False)
        connection.close()

    acts = (
        lambda: approving.approve(row.id, row.digest, lead),
        lambda: approving.send_back(row.id, "Not yet.", lead),
    )
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with care.inside():
        state = Delivery.objects.get(id=row.id).state
        review = Review.objects.get()
        trail = list(Transition.objects.order_by("at").values_list("after", flat=True))
    assert (state, review.state) in {("queued", "approved"), ("cancelled", "returned")}
    assert trail.count("queued") + trail.count("cancelled") == 1
