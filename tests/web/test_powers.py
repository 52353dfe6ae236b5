"""Powers on the screen: the matrix, what I may do, giving from a case, the register, answering."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest

from hearwell.conversations.models import Case
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import Delivery
from hearwell.powers.giving import DEFAULTS, Limits, Power
from hearwell.powers.grants import power_of
from hearwell.powers.models import Grant, Purse, Review, RolePower
from hearwell.powers.services import set_powers
from hearwell.web.components.tables import as_csv
from tests.characters import _member
from tests.factories import make_case, make_channel
from tests.web.test_guard import button
from tests.web.test_replying import send


@pytest.fixture
def channel(workspace):
    return make_channel()


@pytest.fixture
def case(channel):
    return make_case("Where is my bag?", channel)


@pytest.fixture
def lead(signed_in, workspace):
    return signed_in(_member(workspace, "Lea Lund", "lead", "LL"))


def offer(client, case, **fields):
    page = client.get(f"/c/{case.id}/give/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page).group(1)
    return client.post(
        f"/c/{case.id}/give/",
        {"key": key, "amount": "10", "reason": "delay", **fields},
        follow=True,
    )


def test_an_agent_gives_from_the_case_and_sees_what_is_left(agent, case):
    page = agent.get(f"/c/{case.id}/give/").content.decode()
    assert "0.00 EUR of 25.00 EUR" in page
    page = offer(agent, case).content.decode()
    assert "Given: 10.00 EUR." in page
    assert "10.00 EUR of 25.00 EUR" in page
    assert f"/c/{case.id}/give/" in agent.get(f"/c/{case.id}/").content.decode()


def test_what_is_above_is_asked_for_and_decided_by_a_lead(agent, lead, case):
    assert (
        "Somebody who may give so much decides" in offer(agent, case, amount="40").content.decode()
    )
    grant = Grant.objects.get()
    assert agent.get("/grants/").status_code == 403
    assert agent.post(f"/grants/{grant.id}/decide/", {"do": "approve"}).status_code == 403
    page = lead.get("/grants/").content.decode()
    assert "Waits for a second person" in page
    lead.post(f"/grants/{grant.id}/decide/", {"do": "approve", "remark": "Well earned"})
    grant.refresh_from_db()
    assert (grant.state, grant.remark) == ("granted", "Well earned")
    assert "Well earned" in agent.get(f"/c/{case.id}/give/").content.decode()
    late = lead.post(f"/grants/{grant.id}/decide/", {"do": "refuse"})
    assert "decided meanwhile" in late.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "ten"}, "Say how much"),
        ({"amount": "0"}, "Say how much"),
        ({"reason": ""}, "Choose why."),
        ({"reason": "other"}, "Say in a few words why."),
        ({"kind": "surprise"}, "A surprise may be at most"),
    ],
)
def test_what_makes_no_sense_is_said_and_stays(agent, case, wrong, said):
    answer = offer(agent, case, note="", **wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Grant.objects.exists()


def test_the_register_is_a_table_too_and_no_formula(agent, lead, case):
    offer(agent, case, reason="other", note="=HYPERLINK(1)")
    answer = lead.get("/grants/csv/")
    head, row = csv.reader(io.StringIO(answer.content.decode()))
    told = dict(zip(head, row, strict=True))
    assert told["note"] == "'=HYPERLINK(1)"
    assert (told["amount"], told["currency"]) == ("10", "EUR")
    assert (told["given_by"], told["approved_by"]) == ("Bob Brown", "Bob Brown")
    assert agent.get("/grants/csv/").status_code == 403
    empty = lead.get("/grants/csv/?month=1999-01").content.decode()
    assert len(empty.splitlines()) == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", " =", "\t=", "\uff1d"])
def test_no_text_is_a_formula(sign):
    answer = as_csv("x", ["note", "n"], [[f"{sign}1+1", -1]])
    assert list(csv.reader(io.StringIO(answer.content.decode())))[1] == [f"'{sign}1+1", "-1"]


def test_a_month_of_many_is_counted_and_taken_along_whole(agent, lead, case, bob):
    offer(agent, case)
    one = Grant.objects.get()
    fields = {f.attname: getattr(one, f.attname) for f in Grant._meta.fields}
    Grant.objects.bulk_create(
        Grant(**{**fields, "id": uuid7(), "key": uuid7()}) for _ in range(5500)
    )
    page = lead.get("/grants/").content.decode()
    assert "55\u202f010.00 EUR" in page
    assert "These are the newest 500" in page
    assert len(lead.get("/grants/csv/").content.decode().splitlines()) == 5502


@pytest.mark.parametrize("month", ["", "2026-13", "x", "0001-01", "9999-12"])
def test_no_month_is_too_odd(lead, case, month):
    assert lead.get(f"/grants/?month={month}").status_code == 200


def fields_of(page: str) -> dict[str, object]:
    form = page[page.index('action="/settings/powers/"') :]
    form = form[: form.index("</form>")]
    texts = re.findall(r'name="([^"]+)"\s+inputmode="decimal"[^>]*value="([^"]*)"', form, re.DOTALL)
    return dict(texts)


def test_the_matrix_is_kept(owner, workspace, bob):
    page = owner.get("/settings/powers/").content.decode()
    fields = fields_of(page)
    assert fields["agent-case"] == "25"
    owner.post("/settings/powers/", fields)
    assert not RolePower.objects.exists(), "nothing was changed"
    changed = {**fields, "agent-case": "12.50", "agent-day": "", "agent-networks": ["bluesky"]}
    owner.post("/settings/powers/", changed)
    power = power_of(workspace.id, "agent")
    assert power.limits == Limits(1250, 10_000, None)
    assert list(power.networks) == ["bluesky"]
    assert fields_of(owner.get("/settings/powers/").content.decode())["agent-case"] == "12.50"


@pytest.mark.parametrize("wrong", [{"agent-case": "ten"}, {"agent-year": "1"}])
def test_what_cannot_be_kept_is_said(owner, workspace, wrong):
    fields = fields_of(owner.get("/settings/powers/").content.decode())
    answer = owner.post("/settings/powers/", {**fields, "lead-case": "7", **wrong})
    assert answer.status_code == 422
    assert 'value="7"' in answer.content.decode(), "what was typed stays"
    assert not RolePower.objects.exists()


def test_the_purse_is_kept(owner, workspace):
    purse = {"do": "purse", "currency": "usd", "month": "200", "each": "20"}
    owner.post("/settings/powers/", purse)
    kept = Purse.objects.get()
    assert (kept.currency, kept.surprise_month_minor) == ("USD", 20_000)
    answer = owner.post("/settings/powers/", {**purse, "currency": "US"})
    assert answer.status_code == 422


def test_agents_do_not_change_their_powers(agent):
    assert agent.get("/settings/powers/").status_code == 403


def test_everybody_sees_what_they_may_do(agent, workspace, alice):
    power = Power(Limits(2500, None, 0), networks=["bluesky"], kinds=["question"])
    set_powers(workspace.id, {"agent": power}, by=alice)
    page = agent.get("/me/powers/").content.decode()
    for words in ("Bluesky", "Question", "25.00 EUR", "no limit", "public and private"):
        assert words in page


def test_a_role_answers_only_where_it_may(agent, owner, case, workspace, alice):
    power = Power(DEFAULTS["agent"].limits, audiences=["private"])
    set_powers(workspace.id, {"agent": power}, by=alice)
    page = agent.get(f"/c/{case.id}/").content.decode()
    assert "Your role does not answer these readers. A lead can." in page
    stopped = send(agent, case)
    assert "Your role does not answer these readers" in stopped.content.decode()
    assert not Delivery.objects.exists()
    send(owner, case)
    assert Delivery.objects.count() == 1


def test_a_kind_of_case_can_be_closed_to_a_role(agent, case, workspace, alice):
    Case.objects.filter(id=case.id).update(kind="complaint")
    set_powers(
        workspace.id, {"agent": Power(DEFAULTS["agent"].limits, kinds=["question"])}, by=alice
    )
    assert "this kind of case" in send(agent, case).content.decode()


def test_a_promise_above_ones_powers_goes_to_somebody_who_may(agent, lead, owner, case):
    text = "We will give you a voucher of €400."
    page = html.unescape(send(agent, case, text=text).content.decode())
    assert "You promise more than you may give: €400." in page
    assert not Delivery.objects.exists()
    send(agent, case, text=text, **button(page))
    delivery = Delivery.objects.get()
    assert delivery.state == "approval"
    assert Review.objects.get().reasons == [{"promise": "€400", "minor": 40_000}]
    form = {"do": "approve", "digest": delivery.digest}
    answer = lead.post(f"/sent/{delivery.id}/approve/", form)
    assert "It promises more than you may give, too." in answer.content.decode()
    assert "It promises €400" in lead.get("/inbox/approval/").content.decode()
    owner.post(f"/sent/{delivery.id}/approve/", form)
    assert Delivery.objects.get().state == "queued"


def test_what_was_given_may_be_said(agent, lead, case):
    offer(agent, case, amount="40")
    lead.post(f"/grants/{Grant.objects.get().id}/decide/", {"do": "approve"})
    assert send(agent, case, text="Your voucher of 40 EUR is on its way.").status_code == 200
    assert Delivery.objects.get().state == "queued"


def test_pages_keep_their_budget(agent, lead, owner, channel, budget):
    for n in range(4):
        offer(agent, make_case(f"Bag {n}?", channel), amount="26" if n % 2 else "5")
    case = Case.objects.first()
    for client, url in (
        (lead, "/grants/"), (lead, "/grants/csv/"), (owner, "/settings/powers/"),
        (agent, "/me/powers/"), (agent, f"/c/{case.id}/give/"),
    ):  # fmt: skip
        client.get(url)
        with budget(15):
            assert client.get(url).status_code == 200
