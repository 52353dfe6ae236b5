"""What is known of a customer that another system may know them by, and where it was said.

A number that somebody writes in public is no proof that it is theirs: what was found says where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Final
from uuid import UUID

from hearwell.commerce.definition import Definition, Field, Source
from hearwell.contacts.models import Identity
from hearwell.conversations.models import Case, Message
from hearwell.guard.addresses import emails, phones
from hearwell.guard.references import references

MOST_MESSAGES: Final = 60
MOST_CASES: Final = 10
MOST_LOOKS: Final = 3
_ADDRESSED: Final = ("email", "webchat")
PROFILE: Final = "profile"


@dataclass(frozen=True, slots=True)
class Mark:
    """One value by which a customer may be known. `where`: profile, public or private."""

    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A case's customer: its profiles, and what they wrote in their latest cases, newest first."""

    case: Case
    identities: Sequence[Identity] = ()
    said: Sequence[tuple[str, str]] = field(default_factory=list)

    def marks(self, one: Field) -> list[Mark]:
        """Return the values that a field may take, the surest first; none for what is typed."""
        here = [i.handle for i in self.identities if i.network == self.case.network]
        certain = {
            Source.HANDLE: here,
            Source.NAME: [i.name for i in self.identities if i.name],
            Source.CASE: [self.case.label],
            Source.FIXED: [one.detail],
        }
        match one.source:
            case Source.EMAIL:
                own = [i.handle for i in self.identities if i.network in _ADDRESSED]
                return _profiles([h for h in own if "@" in h]) + self._written(emails)
            case Source.PHONE:
                return self._written(phones)
            case Source.FOUND:
                return self._written(lambda text: references(text.upper(), [one.detail]))
        return _profiles(certain.get(Source(one.source), []))

    def _written(self, found: Callable[[str], list[str]]) -> list[Mark]:
        marks: dict[str, Mark] = {}
        for text, audience in self.said:
            for value in found(text):
                marks.setdefault(value, Mark(value, audience))
        # What was said in private is surer to be one's own.
        return sorted(marks.values(), key=lambda mark: mark.where == "public")


def _profiles(values: Sequence[str]) -> list[Mark]:
    return [Mark(value, PROFILE) for value in dict.fromkeys(values) if value]


def customer_of(workspace_id: UUID, case_id: UUID) -> Customer | None:
    """Read a case's customer; None if there is no such case. Four queries at most."""
    case = Case.objects.filter(workspace_id=workspace_id, id=case_id).first()
    if case is None:
        return None
    if case.contact_id is None:
        return Customer(case, (), _said(workspace_id, [case.id]))
    identities = Identity.objects.filter(workspace_id=workspace_id, contact_id=case.contact_id)
    theirs = Case.objects.filter(workspace_id=workspace_id, contact_id=case.contact_id)
    latest = theirs.order_by("-last_message_at").values_list("id", flat=True)[:MOST_CASES]
    return Customer(
        case, list(identities.order_by("-seen_at")), _said(workspace_id, [case.id, *latest])
    )


def _said(workspace_id: UUID, case_ids: Sequence[UUID]) -> list[tuple[str, str]]:
    rows = Message.objects.filter(
        workspace_id=workspace_id, case_id__in=case_ids, direction="in", deleted_at=None
    )
    latest = rows.exclude(text="").order_by("-sent_at", "-id")
    return list(latest.values_list("text", "audience")[:MOST_MESSAGES])


@dataclass(frozen=True, slots=True)
class Plan:
    """One look that can be made without asking anybody: what is sent, and by which marks."""

    values: dict[str, str]
    why: list[list[str]]


def plans_for(definition: Definition, customer: Customer) -> Iterator[Plan]:
    """Yield the looks that what is known allows, at most three; none where a person must type."""
    options: list[list[tuple[Field, Mark | None]]] = []
    for one in definition.fields:
        marks: list[Mark | None] = [*customer.marks(one)]
        if not marks and one.is_required:
            return
        options.append([(one, mark) for mark in marks or [None]])
    for chosen in islice(product(*options), MOST_LOOKS):
        told = [(one, mark) for one, mark in chosen if mark is not None]
        yield Plan(
            {one.name: mark.value for one, mark in told},
            [
                [one.source, mark.value, mark.where]
                for one, mark in told
                if one.source != Source.FIXED
            ],
        )
