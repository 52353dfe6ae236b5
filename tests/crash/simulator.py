"""Days of trouble in seconds: the real handlers on the real PostgreSQL, all else is played.

One thread, one seed: it decides what happens next, who dies where, how the network behaves and
how much time passes, so that a story that went wrong can be told again. A process that dies is an
exception which no handler can catch; while one sender stands still, others go on.
"""

from __future__ import annotations

import json
import os
import random
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import psycopg
import pytest
from django.db import connection, transaction

from hearwell.channels.models import Channel
from hearwell.channels.services import polling
from hearwell.channels.services.ingress import RawRow, keep
from hearwell.channels.sweeps import drain_strays
from hearwell.connect import registry
from hearwell.connect.failures import Failure
from hearwell.connect.model import IngressSecrets, Raw, Source
from hearwell.connectors.sandbox.connector import SandboxConnector
from hearwell.connectors.sandbox.fake import Item
from hearwell.events import notifier
from hearwell.kit import clock, crashpoints, ids
from hearwell.kit.direct import open_direct
from hearwell.kit.jobs import app as jobs
from hearwell.kit.scope import scope
from hearwell.outbound import sender
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery, SwitchScope
from hearwell.outbound.rules import State
from hearwell.outbound.services import recovery
from tests.crash.checker import Checker, Tables
from tests.crash.desk import Desk
from tests.crash.laboratory import database_of_tests, furnish
from tests.crash.network import PAGES, READ_LAG_S, SECRET, Fate, Network
from tests.crash.wire import signed

TIMEOUT_S = SandboxConnector.manifest.request_timeout_s
DEATH, PAUSE, NEVER_TOLD, TOLD_AGAIN = 0.02, 0.03, 0.03, 0.1
# Where a sender can be left standing: it holds no transaction and no lock of our one session.
STANDS_STILL = frozenset({"O1", "O2", "O5", "O6", "O7"})
BASE = "http://harbour.test"
_TODO = """
SELECT id, task_name, args FROM procrastinate_jobs
WHERE status = 'todo' AND coalesce(scheduled_at, '-infinity') <= %s ORDER BY id LIMIT 5
"""
_DO = "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s"
_DONE = "DELETE FROM procrastinate_jobs WHERE id = %s"
_AGAIN = """
UPDATE procrastinate_jobs SET status = 'todo', queueing_lock = NULL WHERE status = 'doing'
"""
ROUNDS = 60
RETRIED = {"events.handle"}


class Died(BaseException):
    """The process that did this is gone."""


@dataclass
class Story:
    """One seed's story, until all that customers say is answered and everything is at rest."""

    seed: int
    messages: int
    at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    deaths: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)
    steps: int = 0
    pauses: int = 0
    asked: int = 0
    written: int = 0
    _depth: int = 0
    _threads: list[tuple[str, Item]] = field(default_factory=list)
    _untold: list[tuple[datetime, str, bytes]] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)
    _later: list[tuple[datetime, httpx.Request]] = field(default_factory=list)
    _unreadable: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.network = Network(self.seed, lambda: self.at)
        self.at = self.at.replace(year=datetime.now(UTC).year)

    # --- the stage -------------------------------------------------------------------------------

    @contextmanager
    def _staged(self) -> Iterator[None]:
        """Put our clock, chance, network and death in the places of the real ones."""
        with ExitStack() as stack:
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            stack.enter_context(clock.simulated(lambda: self.at))
            connector = SandboxConnector(lambda _: self._client())
            patch.setitem(registry._connectors, "sandbox", connector)
            patch.setattr(sender, "boot_s", self._boot_s)
            patch.setattr(sender, "random", self.random)
            patch.setattr(ids, "time", SimpleNamespace(time_ns=self._ns))
            patch.setattr(ids, "_random", random.Random(self.seed))
            sender._identities.clear()
            crashpoints.install(self._reached)
            stack.callback(crashpoints.remove, self._reached)
            self._direct = stack.enter_context(open_direct())
            self.workspace_id, _ = furnish(BASE)
            self.desk = Desk(self.workspace_id)
            with scope(self.workspace_id):
                self.channels = {c.external_id: c for c in Channel.objects.all()}
            yield

    def _boot_s(self) -> float:
        return self.at.timestamp()

    def _ns(self) -> int:
        return int(self.at.timestamp() * 1e9)

    def _client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._respond))

    def _is(self, share: float) -> bool:
        return self.random.random() < share

    def _wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        due = [request for at, request in self._later if at <= self.at]
        self._later = [one for one in self._later if one[0] > self.at]
        for request in due:
            self.network.take(request)

    # --- death and standing still ----------------------------------------------------------------

    def _reached(self, point: str) -> None:
        if self._is(DEATH):
            self.deaths[point] += 1
            raise Died(point)
        if point in STANDS_STILL and self._depth == 0 and self._is(PAUSE):
            self._go_on_meanwhile()

    def _go_on_meanwhile(self) -> None:
        """Let others act, for longer than a lease at times, while this one stands still."""
        self.pauses += 1
        self._depth += 1
        self._wait(self.random.choice([0.1, 1, 5, 25]))
        for _ in range(self.random.randint(1, 8)):
            self.step()
        self._depth -= 1

    def _respond(self, request: httpx.Request) -> httpx.Response:
        fate = self.network.fate(request)
        refused = self.network.refusal(fate)
        if refused is not None:
            return refused
        writes = request.method != "GET"
        if writes:
            self._reached("O3")
        if fate is Fate.CUT_BEFORE:
            raise httpx.ReadError(fate, request=request)
        if fate is Fate.LATER:
            late = TIMEOUT_S + self.random.uniform(0, READ_LAG_S)
            self._later.append((self.at + timedelta(seconds=late), request))
            self._give_up(request)
        answer = self.network.take(request)
        if writes:
            self._reached("O4")
        if fate is Fate.LATE:
            self._give_up(request)
        if fate is Fate.CUT_AFTER:
            raise httpx.RemoteProtocolError(fate, request=request)
        self._wait(self.random.uniform(0.01, 0.5))
        return httpx.Response(500) if fate is Fate.BROKEN_AFTER else answer

    def _give_up(self, request: httpx.Request) -> None:
        self._wait(TIMEOUT_S)
        message = "nobody answered in time"
        raise httpx.ReadTimeout(message, request=request)

    # --- what may happen -------------------------------------------------------------------------

    def step(self) -> None:
        """Let one thing happen, by one process, which may die of it."""
        acts: dict[Callable[[], object], int] = {
            self._customer: 3 if self._may_say_more() else 0,
            self._hook: 4,
            self._job: 20,
            self._sweep: 2,
            self._look_for_the_dead: 1,
            self._poll: 1,
            self._answer: 2,
            self._notify: 1,
            self._stop_or_release: 1 if self._depth == 0 else 0,
        }
        self.steps += 1
        self._wait(self.random.uniform(0.0, 0.06))
        act = self.random.choices([*acts], [*acts.values()])[0]
        try:
            act()
        except Died:
            pass  # with its connection, if it had one open
        except (Failure, psycopg.Error) as error:
            self.bugs.append(f"{act.__name__}: {error!r}")

    def _may_say_more(self) -> bool:
        return self.written < self.messages and len(self.network.log) > 2 * self.written - 60

    def _customer(self) -> None:
        for _ in range(self.random.randint(1, 4)):
            is_more = bool(self._threads) and self._is(0.4)
            page, root = self.random.choice(self._threads[-20:]) if is_more else ("", None)
            page = page or self.random.choice(PAGES)
            self.written += 1
            said = self.network.customer_says(page, f"Question {self.written}", root)
            if root is None:
                self._threads.append((page, said))

    def _hook(self) -> None:
        """The network calls; what is not answered with 200 comes again, and some never comes."""
        for name, page in self.network.pages.items():
            for entry in page.entries[self._seen[name] :]:
                self._seen[name] += 1
                due = self.at + timedelta(seconds=self.random.choice([0, 0, 0, 2, 60]))
                self._tell(due, name, page.envelope(entry))
        if self._is(0.01):
            mark = f"garbled-{len(self._unreadable)}"
            self._unreadable.append(mark)
            self._untold.append((self.at, PAGES[0], f'{{"mark": "{mark}"}}'.encode()))
        due_now = [one for one in self._untold if one[0] <= self.at]
        for one in self.random.sample(due_now, min(len(due_now), 12)):
            self._deliver(one[1], one[2])
            self._untold.remove(one)

    def _tell(self, due: datetime, name: str, body: bytes) -> None:
        if self._is(NEVER_TOLD):
            return  # the poll has to find it
        self._untold.append((due, name, body))
        if self._is(TOLD_AGAIN):
            self._untold.append((due, name, body))

    def _deliver(self, page: str, body: bytes) -> None:
        """The door's work: verify, keep, answer."""
        channel = self.channels[page]
        raw = Raw(
            "POST", "/hooks/x", signed(body, self.at.timestamp), body, self.at, Source.WEBHOOK
        )
        SandboxConnector().verify(raw, IngressSecrets((SECRET,)))
        if channel.endpoint_id is None:
            raise LookupError(page)
        keep([RawRow.of(channel.endpoint_id, raw)])
        crashpoints.reached("I1")
        if self._is(0.8):
            polling.wake([channel.endpoint_id])

    def _job(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TODO, [self.at])
            waiting = cursor.fetchall()
            if not waiting:
                return
            number, name, args = self.random.choice(waiting)
            cursor.execute(_DO, [number])
        try:
            jobs.tasks[name].func(**json.loads(args))
        except Died:
            raise
        except Exception as error:  # noqa: BLE001 -- as the queue does: noted, and some come again
            self._note(name, error)
            self._execute(_AGAIN if name in RETRIED else _DONE, *([number] * (name not in RETRIED)))
        else:
            self._execute(_DONE, number)

    def _note(self, name: str, error: Exception) -> None:
        if not isinstance(error, Failure):
            self.bugs.append(f"{name}: {''.join(traceback.format_exception(error))}")

    def _execute(self, statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    def _sweep(self) -> None:
        for sweep in (recovery.sweep, drain_strays):
            with transaction.atomic():
                sweep()

    def _look_for_the_dead(self) -> None:
        """What a job's dead worker left is queued again; the living are not nested here."""
        if self._depth == 0:
            self._execute(_AGAIN)

    def _poll(self) -> None:
        channel = self.channels[self.random.choice(PAGES)]
        try:
            if self._is(0.9):
                polling.poll_once(self.workspace_id, channel.id, "default")
            else:
                polling.reconcile(self.workspace_id, channel.id, "default")
        except Failure:
            return  # noted under the channel's health

    def _answer(self) -> None:
        self.desk.answer_all()
        self._look_for_the_doubtful()

    def _look_for_the_doubtful(self) -> None:
        """Where the doubt is too old a person looks on the network, and settles it."""
        with scope(self.workspace_id):
            for row in Delivery.objects.filter(state=State.NEEDS_HUMAN):
                self.asked += 1
                stands = [s.id for s in self.network.log if s.text == row.draft["text"]]
                who = {"by_id": self.desk.anna.user_id}
                if stands:
                    outbound.mark_as_posted(
                        self.workspace_id, row.id, permalink="", remote_id=stands[0], **who
                    )
                else:
                    outbound.send_again(self.workspace_id, row.id, **who)

    def _notify(self) -> None:
        notifier.number_once(self._direct)

    def _stop_or_release(self) -> None:
        """In a crisis all sending stops; later somebody reads what was held and lets it go."""
        with scope(self.workspace_id):
            if self._is(0.02):
                outbound.stop(self.workspace_id, SwitchScope.WORKSPACE, reason="a storm")
                return
            if self._is(0.3):
                outbound.resume(self.workspace_id, SwitchScope.WORKSPACE)
                held = Delivery.objects.filter(state=State.HELD).values_list("id", flat=True)
                anna = self.desk.anna.user_id
                outbound.release(self.workspace_id, list(held), by_id=anna)

    # --- the whole -------------------------------------------------------------------------------

    def run(self) -> list[str]:
        """Play it; return what the outside checker says in the end. Real commits."""
        with self._staged():
            while self.written < self.messages:
                self.step()
            for _ in range(ROUNDS):
                for _ in range(60):
                    self.step()
                self._wait(10)
                found = self.faults()
                if not found:
                    return []
            return found

    def faults(self) -> list[str]:
        """What is wrong, and who has no answer."""
        tables = Tables.read(database_of_tests(), self.workspace_id)
        found = Checker(self.network.log, tables, self._unreadable).faults()
        unanswered = sum(1 if not said.is_ours else -1 for said in self.network.log)
        return [*found, *([f"{unanswered} have no answer"] if unanswered else []), *self.bugs]

    def __str__(self) -> str:
        """One line, with what is needed to hear the story again."""
        return (
            f"seed {self.seed}: {self.written} messages, {self.steps} steps,"
            f" {self.deaths.total()} deaths {dict(sorted(self.deaths.items()))},"
            f" {self.pauses} pauses, {self.network.whims.total()} whims,"
            f" {self.asked} asked of people;"
            f" again: PYTHONHASHSEED={os.environ.get('PYTHONHASHSEED', 'random')}"
            f" HEARWELL_LAB='seed={self.seed} messages={self.messages}'"
        )
