"""Webhooks, as programs make, change, watch and replay them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.api.v1 import schemas
from hearwell.integrations import services, shapes
from hearwell.integrations.models import HookDelivery, Subscription

URL = "https://example.com/hook"
BODY = {"url": URL, "kinds": ["case.closed", "reply.sent"], "description": "CRM"}


@pytest.fixture
def made(owners_program):
    answer = owners_program.post("/webhooks", BODY)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_bodies_have_the_shapes_of_the_api():
    extra = {"contact_name", *shapes.CASE_WORDS}
    assert set(shapes.CASE) | extra == set(schemas.Case.model_fields)
    assert set(shapes.MESSAGE + shapes.MESSAGE_WORDS) == set(schemas.Message.model_fields)


def test_the_secret_is_shown_once(owners_program, made):
    assert made["secret"].startswith("whsec_")
    (listed,) = owners_program.get("/webhooks").json()
    assert "secret" not in listed
    assert (listed["url"], listed["kinds"], listed["is_on"]) == (URL, BODY["kinds"], True)
    row = Subscription.objects.get()
    assert made["secret"].encode() not in bytes(row.sealed)
    trail = AuditRow.objects.get(action="webhook.made")
    assert made["secret"] not in str(trail.after)
    assert trail.after["url"] == URL


def test_agents_may_not(program, made):
    path = f"/webhooks/{made['id']}"
    assert program.get("/webhooks").status_code == 403
    assert program.post("/webhooks", BODY).status_code == 403
    assert program("PATCH", path, {"is_on": False}).status_code == 403
    assert program("DELETE", path).status_code == 403
    for act in ("test", "rotate-secret", "replay-failed"):
        assert program.post(f"{path}/{act}", {"since": "2026-03-01T00:00:00Z"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**BODY, "url": "http://example.com"}, "url"),
        ({**BODY, "url": "https://127.0.0.1/"}, "url"),
        ({**BODY, "kinds": []}, "kinds"),
        ({**BODY, "kinds": ["case.burnt"]}, "kinds"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(owners_program, body, field):
    answer = owners_program.post("/webhooks", body)
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert not Subscription.objects.exists()


def test_there_is_a_most(owners_program, workspace, alice):
    for n in range(20):
        services.make_webhook(
            workspace.id, services.WebhookFacts(f"{URL}{n}", ["case.closed"]), by=alice
        )
    answer = owners_program.post("/webhooks", BODY)
    assert answer.status_code == 422
    assert "20" in answer.json()["detail"]


def test_changed_switched_rotated_removed(owners_program, made):
    path = f"/webhooks/{made['id']}"
    changed = owners_program("PATCH", path, {"with_words": True, "is_on": False}).json()
    assert (changed["with_words"], changed["is_on"], changed["off_reason"]) == (
        True, False, "by_hand",
    )  # fmt: skip
    rotated = owners_program.post(f"{path}/rotate-secret").json()
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_until"]
    assert owners_program("DELETE", path).status_code == 204
    assert owners_program.get(path).status_code == 404
    assert set(AuditRow.objects.values_list("action", flat=True)) == {
        "webhook.made", "webhook.changed", "webhook.off", "webhook.secret_rotated",
        "webhook.removed",
    }  # fmt: skip


def test_deliveries_are_listed_and_replayed(owners_program, made):
    path = f"/webhooks/{made['id']}"
    test = owners_program.post(f"{path}/test")
    assert test.status_code == 202
    for _ in range(2):
        owners_program.post(f"{path}/test")
    HookDelivery.objects.filter(id=test.json()["id"]).update(state="failed")
    page = owners_program.get(f"{path}/deliveries?limit=2").json()
    rest = owners_program.get(
        f"{path}/deliveries?limit=2&cursor={page['next_cursor']}".replace("+", "%2B")
    ).json()
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    (failed,) = owners_program.get(f"{path}/deliveries?state=failed").json()["items"]
    again = owners_program.post(f"{path}/deliveries/{failed['id']}/replay").json()
    assert (again["state"], again["replays"], again["message_id"]) == (
        "waiting", 1, failed["message_id"],
    )  # fmt: skip
    since = {"since": "2026-03-01T00:00:00Z"}
    assert owners_program.post(f"{path}/replay-failed", since).json() == {"count": 0}
    assert (
        owners_program.post(f"{path}/replay-failed", {"since": "2026-03-01T00:00:00"}).status_code
        == 422
    )


def test_an_off_webhook_says_so(owners_program, made):
    path = f"/webhooks/{made['id']}"
    owners_program("PATCH", path, {"is_on": False})
    answer = owners_program.post(f"{path}/test")
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_off")


def test_what_is_not_there_is_not_found(owners_program, made):
    path = f"/webhooks/{uuid4()}"
    for answer in (
        owners_program.get(path), owners_program("PATCH", path, {"is_on": True}),
        owners_program("DELETE", path), owners_program.get(f"{path}/deliveries"),
        owners_program.post(f"{path}/test"), owners_program.post(f"{path}/rotate-secret"),
        owners_program.post(f"/webhooks/{made['id']}/deliveries/{uuid4()}/replay"),
    ):  # fmt: skip
        assert answer.status_code == 404


def test_the_kinds_are_listed(owners_program):
    names = {kind["name"] for kind in owners_program.get("/webhook-kinds").json()}
    assert {"case.opened", "message.received", "reply.sent", "promise.nearly_due"} <= names
