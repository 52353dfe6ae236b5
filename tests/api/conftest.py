from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from hearwell.accounts.models import Membership
from hearwell.accounts.services import make_api_token
from hearwell.api.limits import FAILURES, REQUESTS
from hearwell.connect import registry
from tests.exchange import Exchange
from tests.harbour_wire import Wire


@dataclass
class Program:
    """A program with a token."""

    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str):
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return Client().generic(
            method,
            f"/api/v1{path}",
            data if body is not None else b"",
            content_type="application/json",
            headers={"authorization": f"Bearer {self.token}", **headers},
        )

    def get(self, path: str):
        return self("GET", path)

    def post(self, path: str, body: Any = None, **headers: str):
        return self("POST", path, body, **headers)

    def reply(self, case, text="Your bag is in Oslo.", *, key=None, **more: Any):
        body = {"text": text, "audience": "public", "seen_version": case.version, **more}
        return self.post(
            f"/cases/{case.id}/replies", body, **{"idempotency-key": key or str(uuid4())}
        )


@pytest.fixture(autouse=True)
def _full_buckets():
    REQUESTS.clear()
    FAILURES.clear()


@pytest.fixture
def exchange(workspace, frozen, monkeypatch):
    """A channel on a network that takes replies."""
    monkeypatch.setitem(registry._connectors, "wire", Wire())
    return Exchange(workspace.id, network="wire")


def program_of(workspace, user):
    member = Membership.objects.get(workspace=workspace, user=user)
    return Program(make_api_token(member, "test")[1])


@pytest.fixture
def program(workspace, bob):
    """A program that acts as Bob, an agent."""
    return program_of(workspace, bob)


@pytest.fixture
def owners_program(workspace, alice):
    return program_of(workspace, alice)
