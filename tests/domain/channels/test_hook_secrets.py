"""What signs a network's calls, where the network chooses it: nobody can make a new one up."""

from __future__ import annotations

import pytest

from hearwell.channels.models import Channel, ChannelState, Endpoint
from hearwell.channels.services import connect_channel, opened_account, rotate_secret
from hearwell.channels.services.connecting import DisconnectedChannelError, NetworksSecretError
from hearwell.channels.services.hooksecrets import read_secrets, replace_secrets, secret_fields
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.contract import Authorizes, Connects, ReceivesWebhooks
from hearwell.connect.model import IngressSecrets
from hearwell.connect.registry import all_connectors

pytestmark = pytest.mark.django_db
OLD, NEW, NEWER = ("old-" + "o" * 16, "new-" + "n" * 16, "newer-" + "n" * 16)
CHOSEN = ["facebook", "instagram", "whatsapp", "x", "linkedin", "sms", "phone"]


def _account(workspace_id, network: str, number: str = "1", **more) -> Channel:
    facts = {
        "handle": f"@{number}",
        "external_id": number,
        "brand": "Northwind Air",
        "settings": {"app_id": "1000200030004"},
        "secrets": {"token": "t", "app_secret": OLD},
        "ingress": IngressSecrets((OLD,), "verify"),
    }
    return connect_channel(workspace_id=workspace_id, network=network, **(facts | more))


def _ingress(channel: Channel) -> IngressSecrets:
    return opened_ingress(Endpoint.objects.get(id=channel.endpoint_id))


@pytest.mark.parametrize("network", CHOSEN)
def test_nothing_is_made_up_for_a_network_that_chooses(workspace, network):
    channel = _account(workspace.id, network)
    with pytest.raises(NetworksSecretError):
        rotate_secret(channel)
    assert _ingress(channel).signing == (OLD,)
    assert secret_fields(channel)


def test_the_one_before_stays_good_and_the_sender_has_the_new_one(workspace, alice):
    channel = _account(workspace.id, "facebook")
    replace_secrets(channel, {"app_secret": NEW}, actor=alice)
    assert _ingress(channel) == IngressSecrets((NEW, OLD), "verify")
    assert opened_account(channel).secrets == {"token": "t", "app_secret": NEW}


def test_a_slip_of_the_finger_does_not_cost_the_good_one(workspace):
    channel = _account(workspace.id, "facebook")
    replace_secrets(channel, {"app_secret": "slip-" + "s" * 16})
    replace_secrets(channel, {"app_secret": NEW})
    replace_secrets(channel, {"app_secret": NEW})
    assert _ingress(channel).signing[0] == NEW
    assert OLD in _ingress(channel).signing


def test_accounts_of_one_app_get_it_together_and_others_do_not(workspace):
    first, mate = _account(workspace.id, "facebook"), _account(workspace.id, "facebook", "2")
    other = _account(workspace.id, "facebook", "3", settings={"app_id": "5"})
    replace_secrets(first, {"app_secret": NEW})
    assert opened_account(mate).secrets["app_secret"] == NEW
    assert opened_account(other).secrets["app_secret"] == OLD
    assert _ingress(other).signing == (OLD,)


def test_handshakes_are_answered_with_the_new_one_where_the_network_asks_for_it(workspace):
    channel = _account(workspace.id, "x", ingress=IngressSecrets((OLD,), OLD))
    replace_secrets(channel, {"api_secret": NEW})
    assert _ingress(channel) == IngressSecrets((NEW, OLD), NEW)


def test_a_line_with_two_secrets_keeps_both_and_both_before(workspace):
    twilio = "twilio-" + "t" * 16
    channel = _account(workspace.id, "phone", secrets={}, ingress=IngressSecrets((OLD, twilio)))
    replace_secrets(channel, {"token": NEW, "provider_token": twilio})
    assert _ingress(channel).signing == (NEW, twilio, OLD)
    replace_secrets(channel, {"token": NEWER, "provider_token": twilio})
    assert _ingress(channel).signing == (NEWER, twilio, NEW, OLD)


def test_what_is_short_or_missing_is_refused(workspace):
    fields = secret_fields(_account(workspace.id, "sms"))
    assert set(read_secrets(fields, {"token": " "})[1]) == {"token"}
    assert set(read_secrets(fields, {"token": "short"})[1]) == {"token"}
    assert read_secrets(fields, {"token": f" {NEW} "}) == ({"token": NEW}, {})


def test_a_disconnected_account_takes_none(workspace):
    channel = _account(workspace.id, "sms")
    channel.state = ChannelState.DISCONNECTED
    with pytest.raises(DisconnectedChannelError):
        replace_secrets(channel, {"token": NEW})


def test_whoever_names_secrets_asks_for_them_in_its_form():
    for one in all_connectors():
        if isinstance(one, ReceivesWebhooks) and one.hook_secrets:
            assert isinstance(one, Connects | Authorizes)
            assert set(one.hook_secrets) <= {field.name for field in one.fields}


def test_connecting_again_with_the_same_secret_keeps_the_one_before(workspace):
    channel = _account(workspace.id, "sms")
    for _ in range(2):
        _account(workspace.id, "sms", ingress=IngressSecrets((NEW,)))
    assert _ingress(channel).signing == (NEW, OLD)


def test_the_second_of_two_secrets_stays_good_when_it_alone_is_changed(workspace):
    channel = _account(workspace.id, "phone", secrets={}, ingress=IngressSecrets((NEW, OLD)))
    _account(workspace.id, "phone", secrets={}, ingress=IngressSecrets((NEW, NEWER)))
    assert _ingress(channel).signing == (NEW, NEWER, OLD)
