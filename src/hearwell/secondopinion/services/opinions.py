"""Second opinions on what triage doubts: asked once a message, shown, never applied."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q

from hearwell.guard.masking import Masked, mask
from hearwell.guard.queries import policy_of, terms_of
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.secondopinion.models import LONGEST_SOURCE, Call, Connection, Opinion, Purpose
from hearwell.secondopinion.queries import messages_with, unsure
from hearwell.secondopinion.rules import LONGEST_TEXT, labelling, read_labels
from hearwell.secondopinion.services.asking import ask


def masked_for(workspace_id: UUID, text: str, *names: str) -> Masked:
    """Take personal data out of a text, the workspace's own references included; two queries."""
    policy = policy_of(workspace_id)
    terms = terms_of(policy)
    return mask(text[:LONGEST_TEXT], names=names, masks=terms.patterns, ours=terms.ours)


def labels_in(text: str) -> dict[str, Any]:
    """Return the labels of an answer as they are kept. Raises UnusableError."""
    found = read_labels(text)
    return {
        "duty": found.duty.value,
        "kind": found.kind.value,
        "urgency": found.urgency,
        "certainty": found.certainty,
    }


def claim_unsure(workspace_id: UUID, message_ids: Collection[UUID]) -> list[UUID]:
    """Take the messages that triage doubts, to be asked about; each is taken once, by one caller.

    In the caller's scope. None while the model is left alone.
    """
    connection = Connection.objects.filter(workspace_id=workspace_id, gives_opinions=True).first()
    if connection is None or (
        connection.paused_until is not None and connection.paused_until > now()
    ):
        return []
    made = [
        Opinion(
            workspace_id=workspace_id,
            message_id=one.message_id,
            case_id=one.case_id,
            source=connection.source[:LONGEST_SOURCE],
        )
        for one in unsure(workspace_id, message_ids)
    ]
    Opinion.objects.bulk_create(made, ignore_conflicts=True)
    ours = Opinion.objects.filter(workspace_id=workspace_id, id__in=[one.id for one in made])
    return list(ours.order_by("message_id").values_list("message_id", flat=True))


def give_opinions(workspace_id: UUID, message_ids: Collection[UUID]) -> int:
    """Ask about messages that were claimed; return how many answers count."""
    return sum(_asked(workspace_id, message_id) for message_id in sorted(message_ids))


def forget_words(
    workspace_id: UUID, message_ids: Collection[UUID], case_ids: Collection[UUID]
) -> None:
    """Take messages out of the log of calls, and drafts of their cases; what it cost stays."""
    about = Q(message_id__in=list(message_ids)) | Q(
        purpose=Purpose.DRAFT, case_id__in=list(case_ids)
    )
    rows = Call.objects.filter(about, workspace_id=workspace_id)
    rows.update(sent="", answer="", result=None)
    opinions = Opinion.objects.filter(workspace_id=workspace_id, message_id__in=list(message_ids))
    opinions.delete()


def _asked(workspace_id: UUID, message_id: UUID) -> bool:
    with scope(workspace_id):
        connection = Connection.objects.filter(workspace_id=workspace_id).first()
        if connection is None or not connection.gives_opinions:
            return False
        # Read now: while the ones before were asked about, it may have been taken back.
        one = next(iter(messages_with(workspace_id, [message_id])), None)
        if one is None:
            return False
        masked = masked_for(workspace_id, one.text, one.author_name)
    call = Call(
        workspace_id=workspace_id,
        purpose=Purpose.OPINION,
        case_id=one.case_id,
        message_id=one.message_id,
    )
    is_public = one.audience == "public"
    ask(
        call,
        labelling(connection.model, masked.text, is_public=is_public, has_media=one.has_media),
        labels_in,
    )
    if call.result is None:
        return False
    with scope(workspace_id):
        kept = Opinion.objects.filter(workspace_id=workspace_id, message_id=one.message_id)
        kept.update(call_id=call.id, at=now(), **call.result)
    return True
