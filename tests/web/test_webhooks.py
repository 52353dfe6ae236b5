"""Webhooks on screen."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from hearwell.integrations import services
from hearwell.integrations.models import HookDelivery, Subscription
from hearwell.integrations.services import WebhookFacts

URL = "/settings/webhooks/"
FORM = {"url": "https://example.com/hook", "kinds": ["case.closed"], "description": "CRM"}


@pytest.fixture
def webhook(workspace, alice) -> Subscription:
    facts = WebhookFacts(FORM["url"], FORM["kinds"])
    return services.make_webhook(workspace.id, facts, by=alice)[0]


def test_made_on_screen_and_its_secret_shown_once(owner: Client):
    answer = owner.post(f"{URL}new/", FORM)
    row = Subscription.objects.get()
    assert "whsec_" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    page = owner.get(f"{URL}{row.id}/").content.decode()
    assert "whsec_" not in page
    assert 'value="case.closed" checked' in page
    assert "CRM" in owner.get(URL).content.decode()


def test_what_was_typed_stays_when_it_is_refused(owner: Client, webhook):
    for address in (f"{URL}new/", f"{URL}{webhook.id}/"):
        answer = owner.post(address, {**FORM, "url": "http://example.com/mine"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "must begin with https://" in page
        assert "http://example.com/mine" in page
    webhook.refresh_from_db()
    assert webhook.url == FORM["url"]


def test_agents_see_nothing_of_it(agent: Client, webhook):
    for address in (URL, f"{URL}new/", f"{URL}{webhook.id}/"):
        assert agent.get(address).status_code == 403
    assert agent.post(f"{URL}{webhook.id}/do/", {"do": "off"}).status_code == 403


def test_switched_rotated_tested_removed(owner: Client, webhook):
    act = f"{URL}{webhook.id}/do/"
    assert "It is off." in owner.post(act, {"do": "off"}, follow=True).content.decode()
    refused = owner.post(act, {"do": "test"})
    assert (refused.status_code, "Switch it on first" in refused.content.decode()) == (422, True)
    owner.post(act, {"do": "on"})
    assert "whsec_" in owner.post(act, {"do": "rotate"}).content.decode()
    assert "Two secrets are valid" in owner.get(f"{URL}{webhook.id}/").content.decode()
    assert "A test is on its way" in owner.post(act, {"do": "test"}, follow=True).content.decode()
    assert HookDelivery.objects.get().is_test
    assert owner.post(act, {"do": "dance"}).status_code == 404
    owner.post(act, {"do": "remove"})
    assert not Subscription.objects.exists()


def test_a_delivery_and_once_more(owner: Client, webhook, workspace, alice):
    row = services.send_test(workspace.id, webhook.id, by=alice)
    HookDelivery.objects.update(
        state="failed", status=500, answer="<b>no</b>", attempts=3, is_test=False
    )
    page = owner.get(f"{URL}{webhook.id}/?state=failed").content.decode()
    assert "Answered 500" in page
    assert "Answered 500" not in owner.get(f"{URL}{webhook.id}/?state=waiting").content.decode()
    one = f"{URL}{webhook.id}/{row.id}/"
    assert "&lt;b&gt;no&lt;/b&gt;" in owner.get(one).content.decode()
    owner.post(f"{one}again/")
    row.refresh_from_db()
    assert (row.state, row.replays) == ("waiting", 1)
    HookDelivery.objects.update(state="failed")
    act = f"{URL}{webhook.id}/do/"
    assert owner.post(act, {"do": "replay_failed", "since": "soon"}).status_code == 422
    said = owner.post(act, {"do": "replay_failed", "since": "2020-01-01T00:00"}, follow=True)
    assert "1 is sent again." in said.content.decode()


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_moment_outside_of_time_is_no_error_of_ours(owner: Client, webhook, moment):
    page = f"{URL}{webhook.id}/"
    assert owner.get(page, {"before": f"{moment}~{uuid4()}"}).status_code == 200
    refused = owner.post(f"{page}do/", {"do": "replay_failed", "since": moment})
    assert refused.status_code == 422


def test_what_is_not_there(owner: Client, webhook):
    for address in (f"{URL}{uuid4()}/", f"{URL}{webhook.id}/{uuid4()}/"):
        assert owner.get(address).status_code == 404
    assert owner.post(f"{URL}{webhook.id}/{uuid4()}/again/").status_code == 404
    assert owner.post(f"{URL}{uuid4()}/do/", {"do": "off"}).status_code == 404


def test_one_that_went_off_by_itself_says_why(owner: Client, agent: Client, webhook):
    notice = f"{URL}off/"
    assert owner.get(notice).status_code == 204
    assert agent.get(notice).status_code == 403
    assert notice in owner.get("/inbox/").content.decode()
    assert notice not in agent.get("/inbox/").content.decode()
    Subscription.objects.update(is_on=False, off_reason="gone")
    assert "answered 410 Gone" in owner.get(f"{URL}{webhook.id}/").content.decode()
    assert "answered 410 Gone" in owner.get(notice).content.decode()


def test_pages_stay_within_their_queries(owner: Client, webhook, workspace, alice, budget):
    for n in range(6):
        facts = WebhookFacts(f"{FORM['url']}{n}", FORM["kinds"])
        services.make_webhook(workspace.id, facts, by=alice)
        services.send_test(workspace.id, webhook.id, by=alice)
    row = HookDelivery.objects.first()
    for address in (URL, f"{URL}{webhook.id}/", f"{URL}{webhook.id}/{row.id}/"):
        with budget(15):
            assert owner.get(address).status_code == 200
