"""Where a reply on its way belongs: its thread may be in another case by now than it was."""

from __future__ import annotations

from uuid import UUID

from hearwell.conversations.models import Case, Conversation
from hearwell.inbox.drafts import give_back, lock_home
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery


def home_of(delivery: Delivery) -> Case | None:
    """The case that its thread is in now, locked; None for what no case knows of.

    The thread may change its case until that is locked, so it is looked at once more.
    """
    case_id = _case_id(delivery)
    while case_id is not None:
        case = lock_home(delivery.workspace_id, case_id)
        now_at = _case_id(delivery)
        if now_at in {case_id, case.id}:
            return case
        case_id = now_at
    return None


def _case_id(delivery: Delivery) -> UUID | None:
    """Return where its thread is now; where it was written, for one without a thread."""
    said = delivery.context
    threads = Conversation.objects.filter(
        workspace_id=delivery.workspace_id, id=said.get("conversation_id")
    )
    found = threads.values_list("case_id", flat=True).first()
    return found or (UUID(said["case_id"]) if said.get("case_id") else None)


def give_words_back(delivery: Delivery, to_id: UUID | None) -> None:
    """Put words and files back into the composer of their author, or of whoever wants them."""
    typed, has_files = delivery.context.get("typed", ""), bool(delivery.draft["media"])
    home = home_of(delivery)
    if home is None or to_id is None or not (typed or has_files):
        return
    place, audience = delivery.workspace_id, delivery.draft["audience"]
    key = give_back(place, home.id, to_id, audience, typed, has_files=has_files)
    if has_files:
        outbound.copy_files(place, [delivery.id], key, by_id=to_id)
