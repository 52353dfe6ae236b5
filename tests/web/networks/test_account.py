"""The page of an account: how it fares, checks on request, letting it go."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from hearwell.channels.models import Channel, ChannelHealth, ChannelState, Credential, Endpoint
from hearwell.channels.services import connect_channel
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.model import IngressSecrets
from hearwell.kit.clock import now

# --- the account's page ------------------------------------------------------------------------


def test_the_page_tells_lag_allowance_and_how_long_the_sign_in_lasts(owner, channel, html):
    ChannelHealth.objects.update(
        state="ok",
        checked_at=now(),
        lag_s=4.2,
        expires_at=now() + timedelta(days=3, hours=1),
        allowance={"used": 95, "limit": 100, "per_s": 3600, "resets_at": now().isoformat()},
    )
    for url in ("/settings/networks/", f"/settings/networks/{channel.id}/"):
        page = html(owner.get(url))
        assert "4 s" in page
        assert "95 % until" in page
        assert "Sign in again by" in page


def test_a_check_is_asked_for_and_its_result_waited_for(owner, channel, html):
    url = f"/settings/networks/{channel.id}/"
    assert owner.post(f"{url}check/").status_code == 302
    page = html(owner.get(url))
    assert "Asking the network" in page
    assert 'hx-trigger="every 1s"' in page

    ChannelHealth.objects.update(checked_at=now() + timedelta(seconds=1))
    assert "Asking the network" not in html(owner.get(url))

    ChannelHealth.objects.update(asked_at=now() - timedelta(seconds=31), checked_at=None)
    assert "nothing has looked yet" in html(owner.get(url))


def test_a_new_secret_is_shown_once(owner, channel, html):
    url = f"/settings/networks/{channel.id}/"
    page = html(owner.post(f"{url}state/", {"act": "rotate"}))
    secret = re.search(r"<code class=\"anywhere\">([^<]+)</code>", page)
    assert secret
    assert secret.group(1) not in html(owner.get(url))


def test_a_network_that_chooses_its_secret_is_asked_for_it_and_none_is_made_up(
    owner, workspace, html
):
    old, new = "old-" + "o" * 16, "new-" + "n" * 16
    account = connect_channel(
        workspace_id=workspace.id, network="facebook", handle="Northwind", external_id="7",
        brand="Northwind Air", settings={"app_id": "1"}, secrets={"token": "t"},
        ingress=IngressSecrets((old,), "verify"),
    )  # fmt: skip
    url = f"/settings/networks/{account.id}/"
    assert "New webhook secret" not in html(owner.get(url))

    answer = owner.post(f"{url}state/", {"act": "rotate"})
    assert answer.status_code == 422
    assert "Please fill this in." in html(answer)
    assert _signing(account) == (old,)

    typed = {"act": "rotate", "given-app_secret": new}
    page = html(owner.post(f"{url}state/", typed, follow=True))
    assert "Kept. Calls signed with the new secret or with the one before" in page
    assert new not in page
    assert _signing(account) == (new, old)


def _signing(account: Channel) -> tuple[str, ...]:
    return opened_ingress(Endpoint.objects.get(id=account.endpoint_id)).signing


def test_disconnecting_asks_once_and_keeps_everything_but_the_secrets(owner, channel, html):
    url = f"/settings/networks/{channel.id}/"
    assert "Everything that was said stays" in html(owner.get(f"{url}disconnect/"))
    assert Channel.objects.get().state == ChannelState.ACTIVE

    owner.post(f"{url}disconnect/")
    page = html(owner.get(url))
    assert "This account is disconnected." in page
    assert "Connect again" in page
    for gone in ("Pause", "New webhook secret", "Check now", "Stop sending from here"):
        assert gone not in page
    assert Channel.objects.get().state == ChannelState.DISCONNECTED
    assert Credential.objects.exists()  # until the job has told the network
    assert "Disconnected" in html(owner.get("/settings/networks/"))


@pytest.mark.parametrize("act", ["pause", "resume", "rotate"])
def test_a_disconnected_account_can_only_be_connected_again(owner, channel, act, html):
    url = f"/settings/networks/{channel.id}/"
    owner.post(f"{url}disconnect/")
    page = html(owner.post(f"{url}state/", {"act": act}, follow=True))
    assert Channel.objects.get().state == ChannelState.DISCONNECTED
    assert "disconnected" in page


def test_an_unknown_act_is_none(owner, channel):
    url = f"/settings/networks/{channel.id}/state/"
    assert owner.post(url, {"act": "explode"}).status_code == 404


def test_an_archive_is_not_disconnected(owner, channel):
    Channel.objects.update(state=ChannelState.READ_ONLY)
    owner.post(f"/settings/networks/{channel.id}/disconnect/")
    assert Channel.objects.get().state == ChannelState.READ_ONLY


def test_a_network_that_is_only_read_shows_no_way_to_call_or_to_stop_it(owner, workspace, html):
    feed = connect_channel(
        workspace_id=workspace.id, network="feeds", handle="Travel blog", brand="Northwind Air",
        external_id="https://blog.test/feed", settings={"address": "https://blog.test/feed"},
    )  # fmt: skip
    for end in ("", "ready/"):
        page = html(owner.get(f"/settings/networks/{feed.id}/{end}"))
        assert "Travel blog" in page
        for absent in ("Webhook address", "New webhook secret", "Stop sending from here"):
            assert absent not in page
    assert "Pause" in html(owner.get(f"/settings/networks/{feed.id}/"))


def test_a_network_that_is_only_read_promises_no_answers(owner):
    page = owner.get("/settings/networks/connect/feeds/").content.decode()
    assert "Answers are given elsewhere" in page
    assert "Answers go out from here" not in page
    assert (
        "Answers go out from here"
        in owner.get("/settings/networks/connect/telegram/").content.decode()
    )
