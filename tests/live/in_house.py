"""What a live test does inside a running house, in a process of its own.

    python -m tests.live.in_house COMMAND < arguments.json

Prints a JSON object. Screens do the same for people; here it needs no browser.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID


def connect(given: dict[str, Any]) -> dict[str, Any]:
    """Connect an account as a connector's `connect` found it; make a token for the API."""
    from hearwell.accounts.models import Membership
    from hearwell.accounts.services import make_api_token
    from hearwell.channels.services import connect_channel
    from hearwell.kit.scope import scope

    workspace_id = _workspace_id()
    with scope(workspace_id):
        channel = connect_channel(workspace_id=workspace_id, brand="Northwind Air", **given)
        member = Membership.objects.filter(workspace_id=workspace_id).order_by("id")[0]
        token = make_api_token(member, "live test")[1]
    return {"channel_id": str(channel.id), "token": token}


def token(given: dict[str, Any]) -> dict[str, Any]:
    """A token for the API."""
    from hearwell.accounts.models import Membership
    from hearwell.accounts.services import make_api_token
    from hearwell.kit.scope import scope

    workspace_id = _workspace_id()
    with scope(workspace_id):
        member = Membership.objects.filter(workspace_id=workspace_id).order_by("id")[0]
        return {"token": make_api_token(member, given.get("name", "live test"))[1]}


def secrets(given: dict[str, Any]) -> dict[str, Any]:
    """The secrets of a channel, after the given ones were changed."""
    from hearwell.channels.models import Channel
    from hearwell.channels.services import opened_account, store_secrets
    from hearwell.kit.scope import scope

    workspace_id = _workspace_id()
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=given["channel_id"])
        known = {**opened_account(channel).secrets, **given.get("changes", {})}
        if given.get("changes"):
            store_secrets(channel, known)
    return known


def hurry(given: dict[str, Any]) -> dict[str, Any]:
    """Make a delivery that waits for its time due now."""
    from hearwell.kit.clock import now
    from hearwell.kit.scope import scope
    from hearwell.outbound.models import Delivery

    workspace_id, at = _workspace_id(), now()
    with scope(workspace_id):
        rows = Delivery.objects.filter(workspace_id=workspace_id, id=given["delivery_id"])
        return {"changed": rows.update(not_before=at, wake_at=at)}


def _workspace_id() -> UUID:
    from hearwell.accounts.models import Workspace

    return Workspace.objects.get().id


COMMANDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "connect": connect,
    "token": token,
    "secrets": secrets,
    "hurry": hurry,
}


def main() -> None:
    """Run one command."""
    from hearwell.config.cli import environment, set_django_up
    from hearwell.config.environment import ProcessRole
    from hearwell.config.up import reachable_database

    set_django_up(ProcessRole.WORKER)
    with reachable_database(environment()):
        sys.stdout.write(json.dumps(COMMANDS[sys.argv[1]](json.load(sys.stdin))))


if __name__ == "__main__":
    main()
