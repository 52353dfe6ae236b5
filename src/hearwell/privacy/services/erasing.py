"""The end of what is held about one person: a statement a table, all in one transaction.

What stays are rows with nobody in them: that a case was, when it was answered, how fast. Bytes of
raw deliveries follow when they are done with (channels.services.leftovers), files by a job.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel
from hearwell.channels.services.leftovers import empty_leftovers, find_leftovers, note_leftovers
from hearwell.channels.services.stored import hold_drains
from hearwell.commerce.models import ToolRun
from hearwell.contacts import services as contacts
from hearwell.contacts.models import Contact
from hearwell.contacts.tombstones import digest_of
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Message, Status
from hearwell.inbox.media import named
from hearwell.inbox.tasks import drop_files, drop_media
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import DONE, FINAL, State
from hearwell.privacy.held import OF_CUSTOMERS
from hearwell.privacy.person import Person, known
from hearwell.privacy.services import ledger
from hearwell.privacy.statements import end
from hearwell.webchat.models import File

OVER: Final = sorted(state.value for state in (*FINAL, *DONE, State.STALE))


class Why(StrEnum):
    """Why somebody cannot be erased now."""

    HELD = "held"
    OPEN_CASE = "open_case"
    ON_ITS_WAY = "on_its_way"
    GONE = "gone"


class RefusedError(Exception):
    """Nothing was erased; `why` says what stands against it."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went: figures for the trail, nothing of the person."""

    cases: int
    messages: int
    networks: int

    def facts(self) -> dict[str, Any]:
        """As the audit trail has them."""
        return {"cases": self.cases, "messages": self.messages, "networks": self.networks}


def why_not(person: Person) -> Why | None:
    """Return what stands against erasing a person now, or None; three queries."""
    mine = Contact.objects.filter(workspace_id=person.workspace_id, id__in=person.sets["contacts"])
    if mine.filter(hold_since__isnull=False).exists():
        return Why.HELD
    cases = Case.objects.filter(workspace_id=person.workspace_id, id__in=person.sets["cases"])
    if cases.exclude(status=Status.CLOSED).exists():
        return Why.OPEN_CASE
    return Why.ON_ITS_WAY if _is_on_its_way(person) else None


def _is_on_its_way(person: Person) -> bool:
    sent = Delivery.objects.filter(
        workspace_id=person.workspace_id, id__in=person.sets["deliveries"]
    )
    runs = ToolRun.objects.filter(
        workspace_id=person.workspace_id, case_id__in=person.sets["cases"], done_at=None
    )
    return sent.exclude(state__in=OVER).exists() or runs.exists()


@transaction.atomic
def erase(
    workspace_id: UUID, contact_id: UUID, *, by: User | None = None, at: datetime | None = None
) -> Erased:
    """Erase a person, in the caller's scope; nothing of them is brought back by a network.

    `at`: it was done then already and a restored database does not know; then nothing stands
    against it. Raises RefusedError.
    """
    person = _held_still(workspace_id, contact_id)
    if at is None and (why := why_not(person)) is not None:
        raise RefusedError(why)
    erased = _end(person, at or now())
    line = AuditEntry("contact.erased", by, "contact", contact_id, after=erased.facts())
    record_audit(workspace_id, [line])
    return erased


def record_refusal(
    workspace_id: UUID, contact_id: UUID, refused: RefusedError, *, by: User | None
) -> None:
    """Write into the trail that a person was not erased, and why."""
    after = {"why": refused.why.value}
    line = AuditEntry("contact.erase_refused", by, "contact", contact_id, after=after)
    record_audit(workspace_id, [line])


@transaction.atomic
def erase_many(workspace_id: UUID, contact_ids: Sequence[UUID]) -> Erased:
    """Erase people who have been kept long enough, all at once. Raises RefusedError."""
    person = _held_still(workspace_id, *contact_ids)
    if (why := why_not(person)) is not None:
        raise RefusedError(why)
    erased = _end(person, now())
    facts = {"customers": len(contact_ids), **erased.facts()}
    record_audit(workspace_id, [AuditEntry("privacy.kept_long_enough", after=facts)])
    return erased


def _end(person: Person, at: datetime) -> Erased:
    digests = list(_digests(person))
    contacts.bury(person.workspace_id, digests, at)
    _note_bytes(person)
    _drop_files(person)
    _end_rows(person, at)
    ledger.write(person, digests, at)
    return Erased(len(person.sets["cases"]), len(person.sets["messages"]), len(person.on))


def _held_still(workspace_id: UUID, *contact_ids: UUID) -> Person:
    """Return a person of whom nothing changes until the commit: no drain runs where they are."""
    mine = Contact.objects.select_for_update().filter(workspace_id=workspace_id, id__in=contact_ids)
    if not list(mine.order_by("id")):
        raise RefusedError(Why.GONE)
    hold_drains(endpoints_of(known(workspace_id, *contact_ids)))
    return known(workspace_id, *contact_ids)


def endpoints_of(person: Person) -> set[UUID]:
    """Return where anything of a person comes in."""
    channels = Channel.objects.filter(
        workspace_id=person.workspace_id, network__in={network for network, _ in person.on}
    )
    return {one for one in channels.values_list("endpoint_id", flat=True) if one is not None}


def _digests(person: Person) -> Iterator[bytes]:
    """Hash what networks call the person, and the messages that would name them again."""
    for network, name in person.on:
        yield digest_of(person.workspace_id, network, "person", name)
    said = Message.objects.filter(
        workspace_id=person.workspace_id, id__in=person.sets["messages"]
    ).exclude(remote_id="")
    networks = dict(
        Channel.objects.filter(workspace_id=person.workspace_id).values_list("id", "network")
    )
    for channel_id, remote_id in said.values_list("channel_id", "remote_id"):
        if channel_id in networks:
            network = networks[channel_id]
            yield digest_of(person.workspace_id, network, "message", remote_id)


def _note_bytes(person: Person) -> None:
    said = Message.objects.filter(workspace_id=person.workspace_id, id__in=person.sets["messages"])
    note_leftovers({one for one in said.values_list("raw_id", flat=True) if one is not None})
    find_leftovers(endpoints_of(person), [*person.sets["names"], *person.sets["texts"]])
    empty_leftovers()


def _drop_files(person: Person) -> None:
    """Queue the removal of files with the commit: what lies in the storage has no transaction."""
    place = person.workspace_id
    with_files = Message.objects.filter(workspace_id=place, id__in=person.sets["messages"])
    ids = with_files.exclude(media=[]).values_list("id", flat=True)
    jobs = [named(place, one) for one in ids]
    if jobs:
        drop_media.batch_defer(*jobs)
    sent = File.objects.filter(workspace_id=place, visitor_id__in=person.sets["visitors"])
    places = [file.place for file in sent]
    if places:
        drop_files.defer(places=places)


def _end_rows(person: Person, at: datetime) -> None:
    place, sets = person.workspace_id, person.sets
    conversations.forget_names(place, sets["messages"], sets["remotes"])
    with connection.cursor() as cursor:
        for held in OF_CUSTOMERS:
            cursor.execute(end(held), person.values)
    contacts.mark_erased(place, sets["contacts"], at)
