"""Every connector on its network in memory: its sender dies at each point, and it posts once.

The connector is wrapped where it posts, so that what the network took is counted there. In every
run only where it matters most; `HEARWELL_LAB="seeds=50"`: at each point, with the deaths and doubts
that chance has.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hearwell.accounts.services import create_workspace
from hearwell.channels.models import Brand, Channel
from hearwell.connect import registry
from hearwell.connect.contract import Connector, Replies
from hearwell.connect.failures import OutcomeUnknown, Unavailable
from hearwell.connect.manifest import ReadBack
from hearwell.connect.model import Pending, Sent
from hearwell.connect.registry import all_connectors
from hearwell.connect.subject import subject_for
from hearwell.kit import clock, crashpoints
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import reader, sender, services
from hearwell.outbound.models import Delivery
from hearwell.outbound.services import recovery
from tests.crash.scale import SCALE
from tests.crash.simulator import Died

pytestmark = pytest.mark.slow
CONNECTORS = [c for c in all_connectors() if isinstance(c, Replies) and c.manifest.reply_audiences]
ALL = ("O0", "O1", "O2", "O3", "O4", "O5", "O6", "O7")
POINTS = ALL if SCALE.seeds else ("O4",)
SETTLED = {"sent", "confirmed"}


@dataclass
class Tale:
    """One reply on one network, and where its sender dies."""

    connector: Any
    point: str
    seed: int
    taken: list[str] = field(default_factory=list)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.deaths = {self.point: 1}
        self.trouble = self.random.choice(["", "before", "after"]) if self.seed else ""
        self.post, self.connector.send = self.connector.send, self._send

    def reached(self, point: str) -> None:
        """Die where it was planned, once; with a seed also where chance has it."""
        is_planned = self.deaths.pop(point, 0)
        if is_planned or (self.seed and self.random.random() < 0.1):
            raise Died(point)

    def _send(self, account: Any, draft: Any, key: str) -> Sent | Pending:
        self.reached("O3")
        trouble, self.trouble = self.trouble, ""
        if trouble == "before":
            raise OutcomeUnknown
        answer: Sent | Pending = self.post(account, draft, key)
        self.taken.append(answer.external_id if isinstance(answer, Sent) else answer.token)
        self.reached("O4")
        if trouble == "after":
            raise OutcomeUnknown
        return answer

    def play(self, submission: services.Submission) -> Delivery:
        """Queue it, and let time pass until it has settled."""
        ws = submission.workspace_id
        for _ in range(40):
            try:
                with scope(ws):
                    row = services.queue(submission)
                self._go_on(ws, row)
            except Died:
                pass
            self.at += timedelta(seconds=20)
            with scope(ws):
                found = Delivery.objects.filter(key=submission.key).first()
            if found is not None and found.state in SETTLED | {"failed", "held", "needs_human"}:
                return found
        raise AssertionError((found and found.state, self.taken))

    def _go_on(self, ws: UUID, row: Delivery) -> None:
        recovery.sweep()
        reader.reconcile(ws, row.id)
        sender.deliver(ws, row.id)


@pytest.fixture
def staged(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def stage(connector: Connector, point: str, seed: int) -> tuple[Tale, services.Submission]:
        subject = subject_for(connector)
        network = connector.manifest.network
        workspace = create_workspace("Northwind Air")
        monkeypatch.setitem(registry._connectors, network, subject.connector)
        monkeypatch.setattr(sender, "opened_account", lambda _channel: subject.account)
        sender._identities.clear()
        tale = Tale(subject.connector, point, seed)
        with scope(workspace.id):
            channel = Channel.objects.create(
                workspace_id=workspace.id, network=network, handle="northwind",
                brand=Brand.objects.create(workspace_id=workspace.id, name="Northwind Air"),
                external_id=subject.account.external_id,
            )  # fmt: skip
        draft = replace(subject.draft(), text="It is on its way.")
        what = services.Submission(
            workspace_id=workspace.id, lane_id=uuid7(), channel=channel, draft=draft,
            key=uuid7(), undo_s=0,
        )  # fmt: skip
        return tale, what

    return stage


@pytest.mark.parametrize("connector", CONNECTORS, ids=[c.manifest.network for c in CONNECTORS])
def test_whenever_its_sender_dies_it_posts_once(connector: Connector, staged: Any) -> None:
    for point in POINTS:
        for seed in range(SCALE.seeds + 1):
            tale, what = staged(connector, point, seed)
            crashpoints.install(tale.reached)
            try:
                with clock.simulated(lambda tale=tale: tale.at):
                    row = tale.play(what)
            finally:
                crashpoints.remove(tale.reached)
            where = (point, seed, row.state, row.failure_code, tale.taken)
            assert len(set(tale.taken)) <= 1, where
            if row.state in SETTLED:
                assert tale.taken, where
            else:
                assert row.state == "needs_human", where
                assert connector.manifest.read_back is not ReadBack.AUTHORITATIVE, where


def test_a_network_that_is_away_is_not_posted_to_twice(staged: Any) -> None:
    """The wrapper itself: a call that surely did nothing may be repeated."""
    tale, what = staged(next(c for c in CONNECTORS if c.manifest.network == "sandbox"), "", 0)
    post, away = tale.post, [Unavailable()]

    def once_away(*given: Any) -> Any:
        if away:
            raise away.pop()
        return post(*given)

    tale.post = once_away
    with clock.simulated(lambda: tale.at):
        assert tale.play(what).state == "sent"
    assert len(tale.taken) == 1
