"""Push under My settings: one's own devices, chosen by oneself, and nobody else's."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hearwell.notifications.models import Device
from hearwell.notifications.rules import packed
from hearwell.notifications.webpush import point_of


def subscription(endpoint: str = "https://push.example.com/send/abc", **more) -> dict:
    key = point_of(ec.generate_private_key(ec.SECP256R1()))
    return {
        "endpoint": endpoint,
        "keys": {"p256dh": packed(key), "auth": packed(b"a" * 16)},
        **more,
    }


def switch_on(client, told) -> int:
    return client.post("/me/push/on/", json.dumps(told), "application/json").status_code


def test_a_device_is_switched_on_chosen_for_and_off(agent, budget):
    assert switch_on(agent, subscription(name="Firefox, Android")) == 200
    device = Device.objects.get()
    assert (device.topics, device.only_here, device.shows_words) == (
        [
            "given",
            "answered",
            "soon",
            "review",
            "returned",
            "grant",
            "doubted",
            "spike",
            "incident",
            "network",
        ],
        True,
        False,
    )
    with budget(15):
        assert "Firefox, Android" in agent.get("/me/push/").content.decode()
    url = f"/me/push/{device.id}/"
    agent.post(url, {"topic": ["late", "made up"], "shows_words": "1"})
    device.refresh_from_db()
    assert (device.topics, device.only_here, device.shows_words) == (["late"], False, True)
    agent.post(url, {"remove": "1"})
    assert not Device.objects.exists()


def test_who_may_not_approve_is_not_asked_what_to_be_told_of_it(agent, owner):
    waits, back = "reply waits for approval", "Changes are asked for in a reply that I handed in"
    pages = []
    for client in (agent, owner):  # one browser: it is told of whoever sits in front of it
        switch_on(client, subscription(name="Phone"))
        pages.append(client.get("/me/push/").content.decode())
    page, hers = pages
    assert (waits in page, back in page) == (False, True)
    assert (waits in hers, back in hers) == (True, True)


def test_the_same_browser_again_is_the_same_device(agent):
    told = subscription()
    assert [switch_on(agent, told), switch_on(agent, told)] == [200, 200]
    assert Device.objects.count() == 1


def test_a_name_that_cannot_be_stored_is_made_so(agent):
    assert switch_on(agent, subscription(name="Fire\x00fox\ud800")) == 200
    assert Device.objects.get().name == "Fire\u2400fox\ufffd"


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        {"endpoint": "https://push.example.com/"},
        subscription("http://push.example.com/"),
        subscription("https://10.0.0.1/"),
        subscription("https://localhost/"),
        {**subscription(), "keys": {"p256dh": "AAAA", "auth": "AAAA"}},
        {**subscription(), "keys": "none"},
        subscription(name="x" * 9000),
        subscription("https://sandbox.test/\x00"),
        subscription("https://sandbox.test/\ud800"),
    ],
)
def test_what_is_no_device_is_refused_in_plain_words(agent, told, settings):
    settings.HEARWELL_EGRESS_ALLOW = ("https://sandbox.test",)
    answer = agent.post("/me/push/on/", json.dumps(told), "application/json")
    assert answer.status_code == 422
    assert "Nothing was kept" in answer.json()["error"]
    assert not Device.objects.exists()


def test_a_colleagues_device_is_not_there(agent, owner):
    switch_on(owner, subscription(name="Alice, at home"))
    device = Device.objects.get()
    assert agent.post(f"/me/push/{device.id}/", {"remove": "1"}).status_code == 404
    assert Device.objects.exists()
    assert device.name not in agent.get("/me/push/").content.decode()


def test_the_key_on_the_page_is_the_one_that_signs(agent):
    page = agent.get("/me/push/").content.decode()
    key = page.partition('data-push-key="')[2].partition('"')[0]
    assert len(key) == 87
    assert key.startswith("B")
