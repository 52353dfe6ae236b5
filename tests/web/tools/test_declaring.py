"""Tools declared: kept, imported, tried, let be used, taken away."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hearwell.accounts.models import AuditRow, User
from hearwell.commerce import services
from hearwell.commerce.definition import definition_from
from hearwell.commerce.models import Lookup, Service, Tool, ToolRun, ToolVersion
from tests.shop_tools import BLIND, REFUND, SECRET, a_live_tool
from tests.web.tools.conftest import fields_of, hidden, panel, text_of, used, work

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
        url, sent, answer = used(agent, case, refund, **{"f-amount": "5"})
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
