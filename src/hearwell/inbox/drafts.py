"""What is being written, kept while it is written. Once it has been sent it is not kept again.

The composer saves a draft a moment after the last key, so a save may be on its way when the reply
is sent, and may come after it. Kept then, the sent words would stand in the composer again, and
somebody would send them twice. Both carry the composer's key and both take the case's row lock:
whoever is second sees what the first one did.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import Membership
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Draft, Message
from hearwell.kit.ids import uuid7
from hearwell.outbound import services as outbound
from hearwell.outbound.queries import waiting_files


@transaction.atomic
def keep_draft(
    case_id: UUID,
    audience: str,
    text: str,
    *,
    key: UUID | None,
    by: Membership,
    is_late: bool = False,
) -> bool:
    """Keep what somebody writes in a case; an empty text discards it.

    False, with nothing kept, if a reply or a note was made with this key: it has been sent.
    ``is_late``: it was written without a connection, so it does not overwrite what another
    composer has begun since, but stands before it. What was written in a case that was merged
    meanwhile is kept where everything else from there is. Raises Case.DoesNotExist.
    """
    opened, case_id = case_id, lock_home(by.workspace_id, case_id).id
    if key is not None and is_sent(by.workspace_id, case_id, key):
        return False
    is_late = is_late or case_id != opened
    has_files = key is not None and bool(waiting_files(by.workspace_id, key))
    begun = _begun(by.workspace_id, case_id, by.user_id, audience) if is_late else None
    if begun is not None and begun.key != key:
        home = give_back(by.workspace_id, case_id, by.user_id, audience, text, has_files=has_files)
        if key is not None:
            outbound.move_files(by.workspace_id, key, home)
    else:
        conversations.save_draft(case_id, by.user_id, audience, text, key, has_files=has_files)
    return True


def give_back(
    workspace_id: UUID,
    case_id: UUID,
    user_id: UUID,
    audience: str,
    text: str,
    *,
    has_files: bool = False,
) -> UUID:
    """Put words back into a composer, before what has been begun there since; return its key.

    The caller holds the case's lock, and puts the files there.
    """
    begun = _begun(workspace_id, case_id, user_id, audience)
    words, key = (begun.text, begun.key or uuid7()) if begun else ("", uuid7())
    if text not in words:
        words = f"{text}\n\n{words}" if words else text
    has_files = has_files or (begun is not None and begun.has_files)
    conversations.save_draft(case_id, user_id, audience, words, key, has_files=has_files)
    return key


def _begun(workspace_id: UUID, case_id: UUID, user_id: UUID, audience: str) -> Draft | None:
    rows = Draft.objects.filter(workspace_id=workspace_id, case_id=case_id)
    return rows.filter(user_id=user_id, audience=audience).first()


def lock_case(workspace_id: UUID, case_id: UUID) -> Case:
    """The case, locked until the transaction ends. Raises Case.DoesNotExist."""
    rows = Case.objects.select_for_update(no_key=True)
    return rows.get(workspace_id=workspace_id, id=case_id)


def lock_home(workspace_id: UUID, case_id: UUID) -> Case:
    """The case, or the one that took all that was in it, locked. Raises Case.DoesNotExist."""
    case = lock_case(workspace_id, case_id)
    while case.merged_into_id is not None:
        case = lock_case(workspace_id, case.merged_into_id)
    return case


def note_by_key(workspace_id: UUID, case_id: UUID, key: UUID) -> Message | None:
    """The note that a composer made, if it was added before."""
    rows = Message.objects.filter(workspace_id=workspace_id, case_id=case_id, note_key=key)
    return rows.defer("search").first()


def is_sent(workspace_id: UUID, case_id: UUID, key: UUID) -> bool:
    """Whether what was written under this key is a reply or a note by now."""
    if outbound.delivery_by_key(workspace_id, key) is not None:
        return True
    return note_by_key(workspace_id, case_id, key) is not None
