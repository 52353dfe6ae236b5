"""Two networks that can be connected, one by a form and one by consent, and an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse

from hearwell.channels.services import connect_channel
from hearwell.connect import registry
from hearwell.kit.seal import make_keys
from tests.homing import RING, Carrier, Homing


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    make_keys(Path(django_settings.HEARWELL_KEYS))


@pytest.fixture(autouse=True)
def homing(monkeypatch: pytest.MonkeyPatch) -> Homing:
    """The network with a form."""
    connector = Homing()
    monkeypatch.setitem(registry._connectors, "homing", connector)
    return connector


@pytest.fixture(autouse=True)
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    """The network with a page of consent."""
    connector = Carrier()
    monkeypatch.setitem(registry._connectors, "carrier", connector)
    return connector


@pytest.fixture
def channel(workspace):
    """A connected account of the first."""
    return connect_channel(
        workspace_id=workspace.id, network="homing", handle="@northwind", external_id="loft-7",
        brand="Northwind Air", settings={"perch": "north"}, secrets={"ring": RING},
    )  # fmt: skip


@pytest.fixture
def html() -> Callable[[HttpResponse], str]:
    """Read a page as one line."""
    return lambda response: re.sub(r"\s+", " ", response.content.decode())
