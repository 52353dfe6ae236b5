"""The promises in force, and which of them holds for a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.db.models import Case as When
from django.db.models import IntegerField, Value
from django.db.models import When as If

from hearwell.accounts.models import Workspace
from hearwell.conversations.models import Message
from hearwell.conversations.services import write_opened
from hearwell.kit.scope import scope
from hearwell.sla.matching import Facts, first_fit, language_of
from hearwell.sla.models import Policy
from hearwell.sla.services.promises import STANDARD, ensure_defaults

_OF_MESSAGE = (
    "id", "channel_id", "audience", "language", "case__network", "case__kind",
    "case__contact__language", "case__contact__tier",
)  # fmt: skip
_NOTHING = Facts()


class Asking(Protocol):
    """A message that needs something from us."""

    @property
    def message_id(self) -> UUID:
        """Which."""

    @property
    def urgency(self) -> int:
        """How pressing, 0 to 4."""


@dataclass
class Book:
    """All current promises of a workspace, the first that fits first, the standard one last."""

    workspace_id: UUID
    policies: Sequence[Policy]
    _facts: dict[UUID, Facts] = field(default_factory=dict, repr=False)

    @property
    def standard(self) -> Policy:
        """The one that holds for all that no other names."""
        return self.policies[-1]

    def know(self, message_ids: Iterable[UUID]) -> None:
        """Read what promises are chosen by; one query, and none where there is but one promise."""
        wanted = set(message_ids).difference(self._facts) if len(self.policies) > 1 else ()
        if wanted:
            write_opened()  # the case of a message may not stand in the database yet
            self._facts |= facts_of(self.workspace_id, wanted)

    def policy_for(self, ask: Asking) -> Policy:
        """Return the promise to whoever wrote a message; `know` it before, if there are many."""
        if len(self.policies) == 1:
            return self.policies[0]
        if ask.message_id not in self._facts:
            self.know([ask.message_id])
        facts = self._facts.get(ask.message_id, _NOTHING)
        return self.policies[self.place_of(facts, ask.urgency)]

    def place_of(self, facts: Facts, urgency: int) -> int:
        """Return the place of the promise that holds."""
        asked = Facts(
            facts.channel, facts.network, facts.audience, facts.kind, facts.language,
            str(min(max(urgency, 0), 4)), facts.tier,
        )  # fmt: skip
        return first_fit([policy.conditions for policy in self.policies], asked)


def book_of(workspace_id: UUID) -> Book:
    """Return the promises in force, making the defaults where a workspace has none; one query."""
    policies = list(in_order(workspace_id))
    if not policies:
        with scope(workspace_id):
            policies = [ensure_defaults(Workspace.objects.get(id=workspace_id))]
    return Book(workspace_id, policies)


def in_order(workspace_id: UUID) -> Sequence[Policy]:
    """Return the current promises as they are tried, the standard one last."""
    is_last = When(If(key=STANDARD, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = Policy.objects.select_related("calendar").filter(
        workspace_id=workspace_id, is_current=True
    )
    return list(rows.order_by(is_last, "position", "created_at"))


def facts_of(workspace_id: UUID, message_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    """Return what promises are chosen by, for messages; urgency is the verdict's."""
    rows = Message.objects.filter(workspace_id=workspace_id, id__in=list(message_ids))
    return {
        message_id: Facts(
            channel=str(channel_id or ""),
            network=network,
            audience=audience,
            kind=kind,
            language=language_of(language or theirs or ""),
            tier=tier or "",
        )
        for message_id, channel_id, audience, language, network, kind, theirs, tier in (
            rows.values_list(*_OF_MESSAGE)
        )
    }
