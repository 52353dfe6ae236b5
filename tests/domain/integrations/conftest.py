"""A workspace with a webhook on a real server, and the workers' steps at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from hearwell.accounts.models import User, Workspace
from hearwell.conversations.events import CaseClosed
from hearwell.conversations.models import Case
from hearwell.events.services import emit
from hearwell.integrations import services
from hearwell.integrations.kinds import KINDS
from hearwell.integrations.models import HookDelivery, Subscription
from hearwell.integrations.services import WebhookFacts
from tests.domain.integrations.receiver import Receiver, receiving
from tests.factories import make_case


@dataclass
class Hooks:
    """What an owner and the worker do, in the workspace in scope."""

    workspace: Workspace
    alice: User
    clock: Any

    def make(self, url: str, *kinds: str, **facts: Any) -> tuple[Subscription, str]:
        wanted = WebhookFacts(url, kinds or list(KINDS), **facts)
        return services.make_webhook(self.workspace.id, wanted, by=self.alice)

    def tell(self, *events: Any) -> None:
        """Record events, and number them as the notifier does."""
        emit(events)
        self.number()

    def number(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM events_number(5000)")

    def close(self, case: Case, n: int = 1) -> None:
        for version in range(n):
            self.tell(CaseClosed(self.workspace.id, case.id, self.alice.id, "solved", version))

    def work(self) -> int:
        """Read the log, then send what is due until nothing is; return how much was tried."""
        services.collect()
        tried = 0
        while claims := services.claim_due():
            tried += sum(services.send_batch(claim) for claim in claims)
        return tried

    def later(self, **time: float) -> int:
        self.clock.shift(timedelta(**time))
        return self.work()


@pytest.fixture
def receivers(settings) -> Iterator[Callable[[], Receiver]]:
    """Make receivers that this system may call."""
    with ExitStack() as stack:

        def make() -> Receiver:
            made = stack.enter_context(receiving())
            settings.HEARWELL_EGRESS_ALLOW = (*settings.HEARWELL_EGRESS_ALLOW, made.origin)
            return made

        yield make


@pytest.fixture
def receiver(receivers) -> Receiver:
    return receivers()


@pytest.fixture
def hooks(workspace, alice, frozen) -> Hooks:
    return Hooks(workspace, alice, frozen)


@pytest.fixture
def case(hooks) -> Case:
    return make_case()


def states() -> list[str]:
    return list(HookDelivery.objects.order_by("seq", "id").values_list("state", flat=True))
