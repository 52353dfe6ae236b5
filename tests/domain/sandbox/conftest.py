"""A Harbour that is open, and the connector on it through Django's own test client."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from django.conf import settings
from django.test import Client

from hearwell.channels.services import opened_account
from hearwell.connectors.sandbox.connector import SandboxConnector
from hearwell.kit.seal import make_keys
from hearwell.sandbox.models import Page
from hearwell.sandbox.services import opening

if TYPE_CHECKING:
    from hearwell.accounts.models import User, Workspace
    from hearwell.channels.models import Channel
    from hearwell.connect.model import Account


@dataclass
class Harbour:
    """Everything a test needs of an open sandbox."""

    channel: Channel
    page: Page
    account: Account
    connector: SandboxConnector


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    """Make the keyrings, as `hearwell migrate` does."""
    make_keys(Path(settings.HEARWELL_KEYS))


@pytest.fixture
def harbour(workspace: Workspace, alice: User) -> Harbour:
    """Opened by alice in Northwind Air's workspace."""
    channel = opening.open_for(workspace, by=alice)
    connector = SandboxConnector(
        lambda _: httpx.Client(transport=httpx.MockTransport(through_django))
    )
    return Harbour(
        channel,
        Page.objects.select_related("profile").get(),
        opened_account(channel),
        connector,
    )


def through_django(request: httpx.Request) -> httpx.Response:
    """Answer as the running house would, in the test's own transaction."""
    headers = {name: value for name, value in request.headers.items() if name != "host"}
    answer = Client().generic(
        request.method,
        request.url.raw_path.decode(),
        request.content,
        content_type=headers.pop("content-type", "application/json"),
        headers=headers,
    )
    return httpx.Response(
        answer.status_code, headers=dict(answer.items()), content=answer.getvalue()
    )
