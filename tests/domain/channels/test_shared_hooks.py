"""Accounts of one app are called at one address; when one goes, the others go on."""

from __future__ import annotations

import pytest

from hearwell.accounts.services import create_workspace
from hearwell.channels.models import Channel, Endpoint
from hearwell.channels.services import connect_channel, disconnect
from hearwell.channels.services.secrets import opened_ingress
from hearwell.connect.model import IngressSecrets
from hearwell.kit.scope import scope

pytestmark = pytest.mark.django_db
A, B = "1000200030004", "1000200030005"


def _page(workspace_id, number: str, app: str = A, key: str = "s1") -> Channel:
    return connect_channel(
        workspace_id=workspace_id,
        network="facebook",
        handle=f"Page {number}",
        external_id=number,
        brand="Northwind Air",
        settings={"app_id": app},
        ingress=IngressSecrets((key,), f"verify-{number}"),
    )


def _signing(channel: Channel) -> tuple[str, ...]:
    return opened_ingress(Endpoint.objects.get(id=channel.endpoint_id)).signing


def test_pages_of_one_app_share_an_address(workspace):
    first, second = _page(workspace.id, "1"), _page(workspace.id, "2")
    other = _page(workspace.id, "3", app=B, key="s2")
    assert first.endpoint_id == second.endpoint_id
    assert other.endpoint_id != first.endpoint_id
    assert _page(workspace.id, "1").endpoint_id == first.endpoint_id


def test_another_workspace_has_its_own(workspace):
    ours = _page(workspace.id, "1")
    stranger = create_workspace("Fabrikam")
    with scope(stranger.id):
        assert _page(stranger.id, "1", key="made-up").endpoint_id != ours.endpoint_id
    assert _signing(ours) == ("s1",)


def test_a_page_that_goes_over_to_another_app_leaves_the_others_alone(workspace):
    first, second = _page(workspace.id, "1"), _page(workspace.id, "2")
    moved = _page(workspace.id, "2", app=B, key="s2")
    assert moved.endpoint_id != first.endpoint_id
    assert _signing(first) == ("s1",)
    assert second.id == moved.id


def test_when_one_is_disconnected_the_others_are_still_called(workspace):
    first, second = _page(workspace.id, "1"), _page(workspace.id, "2")
    address = first.endpoint_id
    assert disconnect(first)
    first.refresh_from_db()
    assert first.endpoint_id is None
    assert _signing(second) == ("s1",)
    assert disconnect(second)
    second.refresh_from_db()
    assert second.endpoint_id == address
    assert _signing(second) == ()
    assert _page(workspace.id, "1").endpoint_id == address
