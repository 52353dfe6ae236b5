"""Random lives of cases, lived through the product's own services, and a naive reader beside it.

Messages come in as networks deliver them; what people do goes straight to the services that keep
the record, because clocks and routing have no say in this (and ten thousand lives are many).

The reader (`naive`) goes through the record row by row in plain Python and knows nothing of the
SQL it is held against.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from hearwell.accounts.models import Membership
from hearwell.channels.models import Channel
from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.contacts.models import Identity
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, CaseLog, Message, Move
from hearwell.conversations.services import CannotMoveError, CaseMovedError, Moved
from hearwell.conversations.services.reopening import wait_again
from hearwell.events.services import emit
from hearwell.inbox import intake, people
from hearwell.inbox.acts import BadActError
from hearwell.inbox.events import MessageCorrected, MessageWithdrawn
from hearwell.kit.clock import now
from hearwell.promotions.models import HoldChoice
from hearwell.triage import services as triage
from hearwell.triage.models import Verdict
from tests.factories import make_deletion, make_echo, make_item

Entry = tuple[str, str, str, str, datetime, datetime | None]
WORDS = (
    "Where is my bag? It was not on the belt.",
    "Please refund my booking!",
    "Your crew was lovely today, thank you so much!",
    "lol",
    "BUY CHEAP FOLLOWERS NOW http://spam.example",
)
CLOSINGS = ("solved", "no_answer_needed", "answered_elsewhere", "duplicate", "spam")


@dataclass
class Life:
    """One history: its people, what they said, and the cases that came of it."""

    number: int
    dice: random.Random
    names: list[str] = field(default_factory=list)
    items: list[InboundMessage] = field(default_factory=list)

    def author(self, channel: Channel) -> Author:
        """Somebody who writes: new, or known already."""
        if not self.names or self.dice.random() < 0.35:
            self.names.append(f"p{self.number}-{len(self.names)}")
        name = self.dice.choice(self.names)
        if channel.network == "email":
            name = f"{name}@Example.com"
        return Author(name, name, name)


@dataclass
class World:
    """A desk on which many histories are lived at once."""

    channels: list[Channel]
    by: Membership
    dice: random.Random
    pending: dict[str, list[InboundMessage]] = field(default_factory=dict)

    def come_in(self) -> None:
        """Take in what was said in all histories meanwhile, as a network would deliver it."""
        for channel in self.channels:
            intake.take_in(channel, self.pending.pop(channel.network, []))

    def say(self, channel: Channel, item: InboundMessage) -> None:
        self.pending.setdefault(channel.network, []).append(item)

    def step(self, life: Life) -> None:
        """Let something happen in a history; what the product refuses does not happen."""
        act = self.dice.choices(
            (self.write, self.reply, self.close, self.reopen, self.snooze, self.regroup, self.undo,
             self.delete, self.judge, self.join),
            (8, 3, 6, 2, 2, 2, 1, 2, 2, 1),
        )[0]  # fmt: skip
        try:
            act(life)
        except (BadActError, CannotMoveError, CaseMovedError):
            return

    def write(self, life: Life) -> None:
        dice = self.dice
        channel = dice.choice(self.channels)
        thread: dict[str, Any] = {}
        if life.items and dice.random() < 0.6:
            root = dice.choice(life.items)
            channel = self.channel_of(root)
            thread = {"thread_key": root.thread_key, "audience": root.audience, "kind": root.kind}
        elif channel.network == "email" or dice.random() < 0.4:
            thread = {"audience": Audience.PRIVATE, "kind": MessageKind.DM}
        key = f"{channel.network}:{life.number}-{len(life.items)}"
        item = make_item(
            dice.choice(WORDS),
            external_id=key,
            author=life.author(channel),
            needs_reply=dice.choice((None, None, True)),
            **({"thread_key": key} | thread),
        )
        self.say(channel, item)
        life.items.append(item)

    def channel_of(self, item: InboundMessage) -> Channel:
        return next(c for c in self.channels if item.external_id.startswith(f"{c.network}:"))

    def reply(self, life: Life) -> None:
        if not life.items:
            return
        to = self.dice.choice(life.items)
        key = f"{to.external_id}-r{self.dice.getrandbits(40)}"
        echo = make_echo(
            external_id=key, thread_key=to.thread_key, parent_id=to.external_id,
            audience=to.audience, kind=to.kind,
        )  # fmt: skip
        self.say(self.channel_of(to), echo)

    def cases(self, life: Life) -> list[Case]:
        keys = [one.external_id for one in life.items]
        ids = Message.objects.filter(remote_id__in=keys).values_list("case_id", flat=True)
        return list(Case.objects.filter(id__in=list(ids)).order_by("number"))

    def one(self, life: Life) -> Case | None:
        found = self.cases(life)
        return self.dice.choice(found) if found else None

    def close(self, life: Life) -> None:
        if case := self.one(life):
            conversations.close(case.id, self.dice.choice(CLOSINGS), self.by.user_id)

    def reopen(self, life: Life) -> None:
        if case := self.one(life):
            conversations.reopen(case.id, self.by.user_id)
            if case.status == "closed" and self.dice.random() < 0.7:
                wait_again(case.id, now())

    def snooze(self, life: Life) -> None:
        if case := self.one(life):
            until = now() + timedelta(hours=self.dice.choice((1, 30)))
            conversations.snooze(case.id, until, self.by.user_id)

    def regroup(self, life: Life) -> None:
        found = self.cases(life)
        if len(found) > 1:
            into, source = self.dice.sample(found, 2)
            self.follow(conversations.merge(into.id, source.id, self.by.user_id))
        elif found:
            homes = list(found[0].conversations.values_list("id", flat=True))
            self.follow(conversations.split(found[0].id, homes[:1], self.by.user_id))

    def follow(self, moved: Moved) -> None:
        conversations.judge_cases(triage.follow(self.by.workspace_id, moved.cases))

    def undo(self, life: Life) -> None:
        ids = [case.id for case in self.cases(life)]
        moves = list(Move.objects.filter(to_case_id__in=ids, undone_at=None).order_by("id"))
        if moves:
            self.follow(conversations.undo_move(moves[-1].id, self.by.user_id))

    def delete(self, life: Life) -> None:
        if life.items:
            item = self.dice.choice(life.items)
            gone = conversations.record_deletion(self.channel_of(item), [make_deletion(item)])
            emit(MessageWithdrawn(one.workspace_id, one.case_id, one.id) for one in gone)

    def judge(self, life: Life) -> None:
        if not life.items:
            return
        key = self.dice.choice(life.items).external_id
        message = Message.objects.filter(remote_id=key, deleted_at=None).first()
        if message is not None:
            kind = self.dice.choice(("question", "praise", "chatter", "spam"))
            triage.correct(message.id, "kind", kind, self.by.user_id)
            place, about = self.by.workspace_id, (message.case_id, message.id)
            emit([MessageCorrected(place, *about, self.by.user_id, "kind", kind)])

    def join(self, life: Life) -> None:
        found = [case for case in self.cases(life) if case.contact_id]
        if len(found) > 1:
            one, other = self.dice.sample(found, 2)
            people.same_person(one.id, other.id, self.by)


def number_events() -> None:
    """Number what was told, as the notifier does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM events_number(100000)")


# --- the naive reader ----------------------------------------------------------------------------

WEIGHT = ["unanswered", "open", "waiting_for_customer", "snoozed", "cooling_off"]


def naive(choice: HoldChoice, at: datetime) -> set[Entry]:
    """Return who is held back, read one row after the other."""
    verdicts = {one.message_id: one.duty for one in Verdict.objects.all()}
    identities = {one.id: one for one in Identity.objects.all()}
    counted = {"answer", "acknowledge"} if choice.counts_praise else {"answer"}
    cool_off = timedelta(hours=choice.cool_off_h)
    reopened: dict[UUID, datetime] = {}
    for line in CaseLog.objects.filter(verb="reopened"):
        reopened[line.case_id] = max(line.at, reopened.get(line.case_id, line.at))
    said: dict[UUID, dict[UUID, list[datetime]]] = {}
    for message in Message.objects.all():
        is_theirs = message.direction == "in" and message.author_identity_id is not None
        if not is_theirs or message.deleted_at is not None or message.stage:
            continue
        if verdicts.get(message.id) in counted:
            person = identities[message.author_identity_id].contact_id
            said.setdefault(message.case_id, {}).setdefault(person, []).append(message.sent_at)
    held: dict[UUID, list[tuple[int, datetime, datetime | None]]] = {}
    for case in Case.objects.all():
        reason, until = _why(case, cool_off, at)
        if reason is None:
            continue
        for person, times in said.get(case.id, {}).items():
            since = min(times)
            if case.id in reopened:
                since = max(since, reopened[case.id])
            held.setdefault(person, []).append((WEIGHT.index(reason), since, until))
    return set(_entries(held, identities.values(), is_told=bool(choice.email_basis)))


def _why(case: Case, cool_off: timedelta, at: datetime) -> tuple[str | None, datetime | None]:
    if case.is_historic or case.merged_into_id is not None:
        return None, None
    if case.status == "closed":
        if case.closed_reason in {"spam", "duplicate", "not_about_us"}:
            return None, None
        until = case.closed_at + cool_off
        return ("cooling_off", until) if until > at else (None, None)
    if case.turn == "ours":
        return "unanswered", None
    if case.status == "snoozed":
        return "snoozed", None
    return ("waiting_for_customer" if case.turn == "theirs" else "open"), None


def _entries(held: Any, identities: Any, *, is_told: bool) -> Iterator[Entry]:
    of: dict[UUID, list[Identity]] = {}
    for identity in identities:
        of.setdefault(identity.contact_id, []).append(identity)
    for person, because in held.items():
        weight = min(one[0] for one in because)
        since = min(one[1] for one in because)
        until = max(one[2] for one in because) if weight == len(WEIGHT) - 1 else None
        hashes = {one.id: digest(one) for one in of[person]} if is_told else {}
        known = sorted(value for value in hashes.values() if value)
        for one in of[person]:
            own = hashes.get(one.id, "")
            if one.network == "email" and not own:
                continue
            name = own if one.network == "email" else one.external_id
            email = own or (known[0] if known else "")
            yield one.network, name, email, WEIGHT[weight], since, until


def digest(identity: Identity) -> str:
    """Return the SHA-256 of the address somebody is known by, empty where there is none."""
    address = {"email": identity.external_id, "webchat": identity.handle}.get(identity.network, "")
    if "@" not in address or address.startswith("unverified:"):
        return ""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
