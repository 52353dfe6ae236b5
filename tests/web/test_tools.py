"""Tools on the screen: declared, imported, tried, used from a case, undone, settled, counted."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest

from hearwell.accounts.models import AuditRow, User
from hearwell.commerce import services
from hearwell.commerce.definition import definition_from
from hearwell.commerce.models import Lookup, Service, Tool, ToolRun, ToolVersion
from hearwell.commerce.services.carrying import carry_out
from hearwell.powers.models import Grant
from tests.factories import make_case, make_channel
from tests.other_side import other_side
from tests.shop_tools import BLIND, LAMP, ORDER, REFUND, SECRET, a_live_tool, a_service
from tests.web.conftest import HTMX


@pytest.fixture
def side(settings):
    with other_side() as found:
        settings.HEARWELL_EGRESS_ALLOW = (found.origin,)
        found.orders["NW-1042"] = dict(LAMP)
        yield found


@pytest.fixture
def shop(workspace, alice, side):
    return a_service(side.origin, workspace.id, alice)


@pytest.fixture
def refund(shop, alice):
    return a_live_tool(shop, REFUND, alice)


@pytest.fixture
def orders(shop, alice):
    return a_live_tool(shop, ORDER, alice)


@pytest.fixture
def case(workspace):
    return make_case("My lamp NW-1042 came broken!", make_channel())


def work():
    """What the worker does."""
    waiting = Lookup.objects.filter(state="waiting")
    services.make_lookups(
        Service.objects.first().workspace_id, list(waiting.values_list("id", flat=True))
    )
    for run in ToolRun.objects.filter(state="queued"):
        carry_out(run.workspace_id, run.id)


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def panel(client, case) -> str:
    return text_of(client.get(f"/c/{case.id}/tools/", headers=HTMX))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found.group(1)


def fields_of(page: str) -> dict[str, str | list[str]]:
    """What the form of a tool would send as it stands."""
    form = page[page.index('name="kind"') - 200 :]
    form = form[: form.index("Keep as") if "Keep as" in form else len(form)]
    values: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            values[name[1]] = html.unescape(value[1]) if value else ""
    for name, body in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', body)
        values[name] = (chosen[1] or chosen[2]) if chosen else ""
    for name, body in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        values[name] = html.unescape(body)
    return values


# --- at the desk ---------------------------------------------------------------------------------


def test_the_panel_looks_up_by_what_the_customer_wrote(agent, case, orders, refund, side):
    assert 'hx-trigger="load, submit"' in panel(agent, case)
    page = text_of(agent.post(f"/c/{case.id}/tools/refresh/", headers=HTMX))
    assert "Looking in the other systems" in page
    work()
    page = panel(agent, case)
    for words in (
        "Reading lamp",
        "NW-1042",
        "delivered",
        "19.90 EUR",
        "20 Nov 2026",
        "Parcel Post",
    ):
        assert words in page
    assert "NW-1042 (written in public)" in page
    assert "ask before you say or do anything about it" in page
    assert 'hx-trigger="load, submit"' not in page, "it is fresh"
    before = len(side.asked)
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "0"}, headers=HTMX)
    work()
    assert len(side.asked) == before, "nothing is asked twice within a minute"
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "1"}, headers=HTMX)
    work()
    assert len(side.asked) == before + 1


def used(agent, case, refund, **typed):
    """Press through from the card to the run's page."""
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "1"}, headers=HTMX)
    work()
    place = re.search(r"\?card=([0-9a-f-]+\.0)", panel(agent, case)).group(1)
    url = f"/c/{case.id}/tools/{refund.tool.id}/"
    form = text_of(agent.get(f"{url}?card={place}"))
    assert 'value="19.90"' in form
    sent = {"f-amount": "9.90", "f-why.words": "glass", "card": place, "step": "check", **typed}
    return url, sent, agent.post(url, sent)


def test_a_refund_from_the_card_with_its_amount_confirmed(agent, case, orders, refund, side):
    url, sent, answer = used(agent, case, refund)
    page = text_of(answer)
    assert "Refund: 9.90 EUR" in page
    assert "Within your powers." in page
    assert "It can be undone for 24 hours." in page
    assert not ToolRun.objects.exists(), "nothing is done by looking"
    key = hidden(page, "key")
    answer = agent.post(url, {**sent, "step": "do", "key": key})
    run = ToolRun.objects.get()
    assert answer["location"] == f"/tools/done/{run.id}/"
    assert "Is about to be done" in text_of(agent.get(answer["location"]))
    agent.post(url, {**sent, "step": "do", "key": key})
    work()
    page = text_of(agent.get(answer["location"]))
    assert "Your refund of 9.90 EUR is on its way: R1." in page
    assert len(side.done) == 1
    assert "Your refund of 9.90 EUR is on its way: R1." in panel(agent, case)
    side.orders["NW-1042"]["state"] = "refunded"
    assert 'hx-trigger="load, submit"' in panel(agent, case), "it was changed by us"
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "0"}, headers=HTMX)
    work()
    assert "refunded" in panel(agent, case)
    composer = text_of(agent.get(f"/c/{case.id}/?tool={run.id}"))
    assert "Your refund of 9.90 EUR is on its way: R1.</textarea>" in composer
    assert "Refund" in text_of(agent.get("/tools/done/"))


def test_the_same_again_asks_and_can_be_meant(agent, case, orders, refund, side):
    for n in range(2):
        url, sent, answer = used(agent, case, refund)
        key = hidden(text_of(answer), "key")
        answer = agent.post(url, {**sent, "step": "do", "key": key})
        if n:
            page = text_of(answer)
            assert answer.status_code == 422
            assert "Exactly this was done before" in page
            assert "Bob Brown" in page
            agent.post(
                url,
                {**sent, "step": "do", "key": hidden(page, "key"), "meant": hidden(page, "meant")},
            )
        work()
    assert len(side.done) == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"f-amount": "20"}, "At most 19.90."),
        ({"f-amount": "x"}, "Say how much"),
        ({"f-amount": ""}, "This is needed."),
        ({"f-why.words": "x" * 61}, "This is too long."),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_stays(agent, case, orders, refund, typed, said):
    _url, _sent, answer = used(agent, case, refund, **typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert 'aria-invalid="true"' in page
    assert not ToolRun.objects.exists()


def test_above_ones_powers_it_is_said_before_and_asked_for(agent, case, orders, refund, side):
    side.orders["NW-1042"]["total"] = "90.00"
    url = f"/c/{case.id}/tools/{refund.tool.id}/"
    agent.post(f"/c/{case.id}/tools/refresh/", {"anew": "1"}, headers=HTMX)
    work()
    place = re.search(r"\?card=([0-9a-f-]+\.0)", panel(agent, case)).group(1)
    sent = {"f-amount": "40", "card": place, "step": "check"}
    page = text_of(agent.post(url, sent))
    assert "above what you may give alone" in page
    assert "Ask for it" in page
    agent.post(url, {**sent, "step": "do", "key": hidden(page, "key")})
    run = ToolRun.objects.get()
    assert run.state == "asked"
    assert "What we gave" in text_of(agent.get(f"/tools/done/{run.id}/"))
    assert Grant.objects.get().state == "waiting"


def test_a_card_of_another_case_is_not_there(agent, case, orders, refund):
    used(agent, case, refund)
    place = f"{Lookup.objects.first().id}.0"
    other = make_case("NW-7777")
    url = f"/c/{other.id}/tools/{refund.tool.id}/"
    for odd in (place, "x.0", f"{place[:-2]}.9", f"{place[:-2]}."):
        assert agent.get(f"{url}?card={odd}").status_code == 404
    assert "Choose first what it is to be done to." in text_of(agent.get(url))
    answer = agent.post(url, {"f-amount": "5", "step": "do"})
    assert answer.status_code == 422
    assert not ToolRun.objects.exists()


def test_it_is_undone_from_its_page(agent, case, orders, refund, side):
    url, sent, answer = used(agent, case, refund)
    agent.post(url, {**sent, "step": "do", "key": hidden(text_of(answer), "key")})
    work()
    run = ToolRun.objects.get()
    back = agent.post(f"/tools/done/{run.id}/act/", {"do": "undo"})
    work()
    assert "Undo: Refund" in text_of(agent.get(back["location"]))
    page = text_of(agent.get(f"/tools/done/{run.id}/"))
    assert "Done, and taken back" in page
    assert 'value="undo"' not in page
    assert side.undone == ["R1"]


def test_what_nobody_knows_is_settled_by_a_person(agent, owner, case, orders, shop, alice, side):
    blind = a_live_tool(shop, BLIND, alice)
    side.faults.extend(["", "cut_after"])
    url, sent, answer = used(agent, case, blind)
    agent.post(url, {**sent, "step": "do", "key": hidden(text_of(answer), "key")})
    side.faults.clear()
    side.faults.append("cut_after")
    work()
    run = ToolRun.objects.get()
    page = text_of(agent.get(f"/tools/done/{run.id}/"))
    assert "Look in Shop for this key" in page
    assert "nobody knows whether it was done" in text_of(owner.get("/settings/tools/"))
    agent.post(f"/tools/done/{run.id}/act/", {"do": "was_not"})
    run.refresh_from_db()
    assert (run.state, Grant.objects.get().state) == ("failed", "returned")
    page = text_of(agent.get(f"/tools/done/{run.id}/"))
    assert "Try once more" in page


def test_what_comes_back_is_data(agent, case, orders, refund, side):
    side.orders["NW-1042"] |= {
        "title": "<script>alert(1)</script>", "track": "javascript:alert(1)",
        "carrier": {"deep": "x"}, "total": "1e99", "day": "soon", "state": "x" * 900,
    }  # fmt: skip
    agent.post(f"/c/{case.id}/tools/refresh/", headers=HTMX)
    work()
    page = agent.get(f"/c/{case.id}/tools/", headers=HTMX).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "javascript:" not in page
    card = Lookup.objects.get().cards[0]
    assert (card["amount_minor"], card["date"], card["link"]) == (None, "", "")
    assert card["details"] == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("garbage", "not what was declared"),
        ("huge", "too large"),
        ("hang_before", "did not answer in time"),
    ],
)
def test_a_look_that_fails_says_why(agent, case, orders, side, fault, said):
    side.faults.append(fault)
    agent.post(f"/c/{case.id}/tools/refresh/", headers=HTMX)
    work()
    assert said in panel(agent, case)


def test_by_hand_with_a_number_that_was_told_on_the_telephone(agent, orders, side):
    case = make_case("Hello?")
    assert "No number, e-mail or telephone" in panel(agent, case)
    agent.post(f"/c/{case.id}/tools/{orders.tool.id}/", {"f-order": "NW-1042"})
    work()
    page = panel(agent, case)
    assert "Reading lamp" in page
    assert "typed by a colleague" in page


def test_who_only_reads_sees_no_customers_orders(viewer, case, orders):
    for url in (f"/c/{case.id}/tools/", f"/c/{case.id}/tools/{orders.tool.id}/", "/tools/done/"):
        assert viewer.get(url).status_code == 403


# --- declaring -----------------------------------------------------------------------------------


def test_a_system_is_kept_with_its_secret_sealed(owner, agent, side):
    owner.post(
        "/settings/tools/system/new/",
        {"name": "Shop", "url": f"{side.origin}/api/", "secret": SECRET, "header": "Authorization",
         "prefix": "Bearer ", "key_header": "Idempotency-Key"},
    )  # fmt: skip
    row = Service.objects.get()
    assert row.url == f"{side.origin}/api"
    assert SECRET.encode() not in bytes(row.sealed)
    page = text_of(owner.get(f"/settings/tools/system/{row.id}/"))
    assert SECRET not in page
    assert SECRET not in json.dumps(list(AuditRow.objects.values("after", "before")))
    moved = {"name": "Shop", "url": f"{side.origin}/other", "header": "Authorization",
             "prefix": "", "key_header": "Idempotency-Key"}  # fmt: skip
    owner.post(f"/settings/tools/system/{row.id}/", moved)
    row.refresh_from_db()
    assert row.sealed is None, "a secret never goes where it was not entered for"
    for url in ("/settings/tools/", f"/settings/tools/system/{row.id}/"):
        assert agent.get(url).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://shop.example"}, "must begin with https"),
        ({"url": "https://10.0.0.1"}, "inside the server's own network"),
        ({"url": "http://localhost:8000/sandbox/trade/../api"}, "this Hearwell itself"),
        ({"url": "https://a:b@shop.example"}, "Leave name and password out"),
        ({"name": ""}, "name of at most 80"),
        ({"header": "Host"}, "Such a header cannot be sent"),
        ({"key_header": "authorization"}, "cannot share a header"),
        ({"secret": "a\nb"}, "only letters, digits and signs"),
    ],
)
def test_a_system_that_cannot_be_is_said_and_stays(owner, side, wrong, said):
    good = {"name": "Shop", "url": f"{side.origin}/api", "header": "Authorization",
            "prefix": "Bearer ", "key_header": "Idempotency-Key"}  # fmt: skip
    answer = owner.post("/settings/tools/system/new/", {**good, **wrong})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Service.objects.exists()


def test_a_tool_is_kept_tried_and_let_be_used(owner, agent, shop, side, case):
    url = f"/settings/tools/system/{shop.id}/new/"
    blank = fields_of(text_of(owner.get(f"{url}?kind=read")))
    form = blank | {
        "title": "Orders", "path": "/orders/{order}", "r0-name": "order", "r0-source": "found",
        "r0-detail": "NW-9999", "r0-kind": "text", "r0-place": "path", "r0-required": "1",
        "root": "/order", "at-title": "/title", "at-ref": "/number", "card_kind": "order",
        "details": "Carrier: /carrier",
    }  # fmt: skip
    owner.post(url, form)
    tool = Tool.objects.get()
    early = owner.post(f"/settings/tools/{tool.id}/act/", {"do": "live"}, follow=True)
    assert "Try this version first" in text_of(early)
    tried = owner.post(f"/settings/tools/{tool.id}/try/", {"t-order": "NW-1042"})
    assert "Waiting for the answer" in text_of(owner.get(tried["location"]))
    work()
    page = text_of(owner.get(tried["location"]))
    assert "It answered, and the answer could be read." in page
    assert "Reading lamp" in page
    assert SECRET not in page
    owner.post(f"/settings/tools/{tool.id}/act/", {"do": "live"})
    tool.refresh_from_db()
    assert tool.live == 1
    kept = definition_from(ToolVersion.objects.get().definition)
    assert (kept.fields[0].detail, kept.reading.details) == ("NW-9999", (("Carrier", "/carrier"),))
    owner.post(f"/settings/tools/{tool.id}/act/", {"do": "off"})
    tool.refresh_from_db()
    assert tool.live is None


def test_a_form_that_is_kept_as_it_stands_changes_nothing(owner, refund):
    url = f"/settings/tools/{refund.tool.id}/"
    owner.post(url, fields_of(text_of(owner.get(url))))
    assert ToolVersion.objects.filter(tool_id=refund.tool.id).count() == 1
    kept = definition_from(ToolVersion.objects.get(tool_id=refund.tool.id).definition)
    assert kept == REFUND


def test_people_go_on_with_what_is_live_while_another_version_waits(owner, refund):
    url = f"/settings/tools/{refund.tool.id}/"
    owner.post(url, fields_of(text_of(owner.get(url))) | {"title": "Give back"})
    assert "version 1 in use, 2 waits" in text_of(owner.get("/settings/tools/"))
    tool = Tool.objects.get()
    assert tool.live == 1
    answer = owner.post(f"{url}act/", {"do": "live"}, follow=True)
    assert "Try this version first" in text_of(answer)


def test_an_action_is_tried_without_being_done(owner, refund, side):
    values = {"t-order": "NW-1042", "t-amount": "5"}
    tried = owner.post(f"/settings/tools/{refund.tool.id}/try/", values)
    work()
    page = text_of(owner.get(tried["location"]))
    assert "under a new key nothing was found, as it should be" in page
    assert '{"amount": "5.00"}' in page
    assert "Bearer …" in page
    assert not side.done


def test_an_action_that_cannot_be_looked_up_has_to_be_meant(owner, shop, alice):
    version = services.save_tool(shop, BLIND, by=alice)
    url = f"/settings/tools/{version.tool_id}/act/"
    assert "Say that you mean it" in text_of(owner.post(url, {"do": "live"}, follow=True))
    owner.post(url, {"do": "live", "meant": "1"})
    assert Tool.objects.get().live == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"path": "orders"}, "A path begins with /"),
        ({"path": "//evil.example/x"}, "A path begins with /"),
        ({"path": "/a/../b/{order}"}, "no path that could be called"),
        ({"path": "/orders/{other}"}, "No field is called “other”"),
        ({"path": "/orders"}, "The path must hold each field"),
        ({"title": ""}, "name of at most 80"),
        ({"at-title": "title"}, "is no place in an answer"),
        ({"r0-name": "a b"}, "cannot be the name of a field"),
        ({"look_path": "/acts"}, "goes by the action's key"),
        ({"undo_hours": "0"}, "for how many hours"),
        ({"gives": "nothing"}, "Only an amount of an action"),
        ({"limit_s": "99"}, "between 1 and 20 seconds"),
        ({"settle_s": "x"}, "Write a whole number."),
        ({"r1-most": "x"}, "Write amounts as in"),
        ({"says": "/x"}, "Say both where success stands"),
        ({"about": ""}, "a field needs one"),
    ],
)
def test_a_tool_that_cannot_be_is_said_and_stays(owner, refund, wrong, said):
    url = f"/settings/tools/{refund.tool.id}/"
    answer = owner.post(url, fields_of(text_of(owner.get(url))) | wrong)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert ToolVersion.objects.count() == 1


DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Shop"},
    "servers": [{"url": "https://elsewhere.example"}],
    "paths": {
        "/orders/{order}": {
            "parameters": [
                {"name": "order", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": {"summary": "An order", "responses": {"200": {"content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/Order"}}}}}},
        },
        "/orders/{order}/refunds": {
            "post": {"operationId": "refund", "requestBody": {"content": {"application/json": {
                "schema": {"type": "object", "required": ["amount"], "properties": {
                    "amount": {"type": "integer"}, "reason": {"enum": ["late", "broken"]}}}}}}},
        },
    },
    "components": {"schemas": {"Order": {"type": "object", "properties": {
        "number": {"type": "string"}, "status": {"type": "string"}}}}},
}  # fmt: skip


def test_tools_are_made_of_a_document_and_nothing_is_called(owner, shop, side):
    url = f"/settings/tools/system/{shop.id}/import/"
    page = text_of(owner.post(url, {"text": json.dumps(DOCUMENT)}))
    assert "A part of its path is not described." in page
    assert 'value="get /orders/{order}"' in page
    kept = {"text": json.dumps(DOCUMENT), "operation": ["get /orders/{order}", "post /nowhere"]}
    owner.post(url, kept)
    (version,) = ToolVersion.objects.all()
    made = definition_from(version.definition)
    assert (made.title, made.reading.ref, made.reading.state) == ("An order", "/number", "/status")
    assert Tool.objects.get().live is None
    assert not side.asked


@pytest.mark.parametrize(
    "text", ["", "openapi: 3.0", "[]", "{}", '{"openapi": "2.0", "paths": {}}', "[" * 5000,
             '{"openapi": "3.0.0", "paths": {"/x": {"get": 5}}}']
)  # fmt: skip
def test_what_is_no_document_is_said(owner, shop, text):
    url = f"/settings/tools/system/{shop.id}/import/"
    answer = owner.post(url, {"text": text})
    assert answer.status_code == 422
    assert not Tool.objects.exists()


def test_removing_a_system_keeps_what_was_done(agent, owner, case, orders, refund, shop):
    url, sent, answer = used(agent, case, refund)
    agent.post(url, {**sent, "step": "do", "key": hidden(text_of(answer), "key")})
    work()
    owner.post(f"/settings/tools/system/{shop.id}/", {"do": "remove"})
    shop.refresh_from_db()
    assert shop.sealed is None
    run = ToolRun.objects.get()
    page = text_of(agent.get(f"/tools/done/{run.id}/"))
    assert "R1" in page
    assert 'value="undo"' not in page
    assert owner.get(f"/settings/tools/system/{shop.id}/").status_code == 404
    assert panel(agent, case).count("Refund")


def test_pages_keep_their_budget(agent, owner, case, orders, refund, budget):
    for n in range(6):
        a_live_tool(refund.service, replace(REFUND, title=f"Refund {n}"), User.objects.first())
    for _ in range(3):
        url, sent, answer = used(agent, case, refund)
        meant = {"meant": "1", "step": "do", "key": hidden(text_of(answer), "key")}
        agent.post(url, {**sent, **meant})
    work()
    run = ToolRun.objects.first()
    place = f"{Lookup.objects.first().id}.0"
    for client, address in (
        (agent, f"/c/{case.id}/tools/"), (agent, f"/tools/done/{run.id}/"),
        (agent, "/tools/done/"), (owner, "/settings/tools/"),
        (owner, f"/settings/tools/{refund.tool.id}/"),
        (agent, f"/c/{case.id}/tools/{refund.tool.id}/?card={place}"),
        (owner, "/reports/parity/"),
    ):  # fmt: skip
        client.get(address)
        with budget(15):
            assert client.get(address).status_code == 200, address
