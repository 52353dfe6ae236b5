"""A model on loopback, allowed by name, and a workspace connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hearwell.accounts.models import User, Workspace
from hearwell.secondopinion import services
from hearwell.secondopinion.models import Connection
from hearwell.secondopinion.services import Wanted
from tests.model_server import ModelServer, model_server

KEY = "sk-a-very-secret-key"


def wanted(model: ModelServer, /, **changes: object) -> Wanted:
    """What the settings form says: 1 a thousand tokens read, 2 written, 100 a month."""
    values = {
        "url": model.url, "model": "small-1", "key": KEY, "limit_s": "5", "price_in": "1",
        "price_out": "2", "cap": "100", "gives_drafts": True,
    }  # fmt: skip
    return Wanted(**(values | changes))


@pytest.fixture
def model(settings) -> Iterator[ModelServer]:
    with model_server() as server:
        settings.HEARWELL_EGRESS_ALLOW = (server.origin,)
        yield server


@pytest.fixture
def connection(workspace: Workspace, alice: User, model: ModelServer) -> Connection:
    return services.save_connection(workspace.id, wanted(model), by=alice)
