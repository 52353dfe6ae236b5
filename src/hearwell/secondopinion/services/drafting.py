"""A draft of a reply, asked for by an agent: text to read and change, never sent by itself."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from hearwell.conversations.models import Message
from hearwell.guard.masking import Masked, mask
from hearwell.guard.queries import policy_of, terms_of
from hearwell.kit.scope import scope
from hearwell.knowledge.suggesting import suggested
from hearwell.secondopinion.models import Call, CallState, Connection, Purpose
from hearwell.secondopinion.rules import LONGEST_TEXT, Question, drafting, read_draft
from hearwell.secondopinion.services.asking import ask

MOST_TURNS: Final = 6
MOST_ARTICLES: Final = 3
LONGEST_ARTICLE: Final = 3000
# Between turns, so that all of them are masked as one text and share their stand-ins.
_BREAK: Final = "\n\u241e\n"


class NotDraftingError(ValueError):
    """No model drafts here."""


def begin_draft(workspace_id: UUID, case_id: UUID, user_id: UUID) -> Call:
    """Note that an agent wants a draft; the job writes it. Raises NotDraftingError."""
    connection = Connection.objects.filter(workspace_id=workspace_id, gives_drafts=True).first()
    if connection is None:
        raise NotDraftingError
    return Call.objects.create(
        workspace_id=workspace_id,
        purpose=Purpose.DRAFT,
        case_id=case_id,
        user_id=user_id,
        model=connection.model,
    )


def write_draft(workspace_id: UUID, call_id: UUID) -> Call | None:
    """Write the draft that somebody waits for; None if nobody does any more."""
    with scope(workspace_id):
        rows = Call.objects.select_for_update()
        call = rows.filter(workspace_id=workspace_id, id=call_id, state=CallState.WAITING).first()
        if call is None or call.case_id is None:
            return None
        call.state = CallState.CALLING
        call.save(update_fields=["state"])
        question, masked, known = _asked(workspace_id, call.case_id, call.model)

    def read(text: str) -> dict[str, Any]:
        return {"text": read_draft(text, masked, known)}

    return ask(call, question, read)


def _asked(workspace_id: UUID, case_id: UUID, model: str) -> tuple[Question, Masked, str]:
    """Return the question, what was taken out of it, and what the articles say."""
    found = Message.objects.filter(
        workspace_id=workspace_id, case_id=case_id, deleted_at=None
    ).exclude(audience="team")
    said = list(found.exclude(text="").order_by("-sent_at", "-id")[:MOST_TURNS])[::-1]
    terms = terms_of(policy_of(workspace_id))
    names = [one.author_name for one in said]
    most = LONGEST_TEXT // MOST_TURNS
    # Who writes the sign between turns must not make turns of their own.
    texts = _BREAK.join(one.text[:most].replace(_BREAK.strip(), " ") for one in said)
    masked = mask(texts, names=names, masks=terms.patterns, ours=terms.ours)
    parts = masked.text.split(_BREAK)
    thread = [
        {"from": "customer" if one.direction == "in" else "us", "text": part}
        for one, part in zip(said, parts, strict=True)
    ]
    asked = "\n".join(one.text for one in said if one.direction == "in")
    shelf = [one.version for one in suggested(workspace_id, asked, most=MOST_ARTICLES) if one.suits]
    bodies = _bodies(shelf)
    articles = [
        {"title": one.title, "text": f"{bodies.get(one.id, '')}\n\n{one.reply}"[:LONGEST_ARTICLE]}
        for one in shelf
    ]
    known = "\n".join(one["text"] for one in articles)
    return drafting(model, thread, articles), masked, known


def _bodies(shelf: list[Any]) -> dict[UUID, str]:
    from hearwell.knowledge.models import ArticleVersion

    ids = [one.id for one in shelf]
    return dict(ArticleVersion.objects.filter(id__in=ids).values_list("id", "body"))
