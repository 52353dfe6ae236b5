"""Clients signed in as the named characters, and what a page is looked at with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import Membership, SignInProvider, User, Workspace
from hearwell.accounts.services.providers import ProviderFacts, keep_provider
from hearwell.web.account import provider as provider_views
from hearwell.web.agent.board import frontline as board
from hearwell.web.agent.wall import views as wall
from hearwell.web.solved import views as solved
from hearwell.web.surveyed import views as surveyed
from hearwell.web.waits import views as waits
from tests.characters import _member
from tests.oidc_provider import CLIENT_ID, SECRET, Provider, a_provider

# What opens, closes and scopes the transaction: paid once a request, not by the page.
AROUND = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
SCOPING = ("SELECT nullif(current_setting", "SET LOCAL app.workspace")
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


_LIMITS = (
    provider_views.ASKED, solved.ASKED, surveyed.ASKED, waits.ASKED, board.LOADS, wall.LOADS,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    """What limits callers lives as long as the process, and all tests call from one address."""
    for limits in _LIMITS:
        limits.clear()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Make a client of somebody's."""

    def sign(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign


@pytest.fixture
def owner(signed_in, alice: User) -> Client:
    """Alice's client."""
    return signed_in(alice)


@pytest.fixture
def agent(signed_in, bob: User) -> Client:
    """Bob's client."""
    return signed_in(bob)


@pytest.fixture
def dora(workspace: Workspace) -> User:
    """Dora may only look."""
    return _member(workspace, "Dora Dean", "viewer", "DD")


@pytest.fixture
def viewer(signed_in, dora: User) -> Client:
    """Dora's client."""
    return signed_in(dora)


@pytest.fixture
def alices(alice: User) -> Membership:
    """Alice's membership."""
    return Membership.objects.get(user=alice)


@pytest.fixture
def bobs(bob: User) -> Membership:
    """Bob's membership."""
    return Membership.objects.get(user=bob)


@pytest.fixture
def budget() -> Callable[[int], Iterator[None]]:
    """Count the statements of a page, those of the transaction aside."""

    class Budget:
        def __init__(self, most: int) -> None:
            self.most, self.seen = most, CaptureQueriesContext(connection)

        def __enter__(self) -> None:
            self.seen.__enter__()

        def __exit__(self, *error: object) -> None:
            self.seen.__exit__(*error)
            asked = [
                query["sql"]
                for query in self.seen.captured_queries
                if not query["sql"].startswith((*AROUND, *SCOPING))
            ]
            shown = "\n".join(sql[:160] for sql in asked)
            # One more for the SET LOCAL of a request outside a test's own scope.
            assert len(asked) + 1 <= self.most, f"{len(asked) + 1} of {self.most}:\n{shown}"

    return Budget


@pytest.fixture
def issuer(settings: Any) -> Iterator[Provider]:
    """A provider whose address the operator has listed."""
    with a_provider() as made:
        settings.HEARWELL_EGRESS_ALLOW = [made.url]
        yield made


@pytest.fixture
def provider(issuer: Provider, workspace: Workspace, alice: User) -> SignInProvider:
    """The workspace trusts it."""
    facts = ProviderFacts("Example ID", issuer.url, CLIENT_ID, SECRET)
    return keep_provider(workspace, facts, by=alice)
