"""The story of a file that an agent adds to what they write, until it goes out with it.

It is kept at once, under the composer's key, and so is what was written: neither a reload nor a
closed lid loses it. Once the reply of this key has been queued nothing can be added to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.conversations.models import Draft
from hearwell.inbox.drafts import is_sent, lock_case
from hearwell.inbox.unsendable import CannotSend, NotPermitted
from hearwell.kit.scope import scope
from hearwell.outbound import services as outbound
from hearwell.outbound.services.files import MAX_BYTES, MOST, Why, shown_name

_WORDS = {
    Why.EMPTY: gettext_lazy("%(name)s is empty. Please choose it again."),
    Why.TOO_LARGE: gettext_lazy("%(name)s is too large: files of up to %(mb)s MB can be sent."),
    Why.TOO_MANY: gettext_lazy("%(name)s was not added: %(most)s files go with a message at most."),
    Why.DAMAGED: gettext_lazy(
        "%(name)s was not added: the picture is damaged. Please open it and save it anew."
    ),
}


@transaction.atomic
def add_file(case_id: UUID, key: UUID, name: str, body: bytes, by: Membership) -> None:
    """Keep a file for the reply that is written under a key.

    Raises NotPermitted, CannotSend in words for the agent, Case.DoesNotExist.
    """
    _may_still(case_id, key, by)
    try:
        outbound.attach(by.workspace_id, key, name, body, by_id=by.user_id)
    except outbound.FileRefusedError as refusal:
        values = {"name": shown_name(name), "mb": MAX_BYTES // 1_000_000, "most": MOST}
        message = str(_WORDS[refusal.why]) % values
        raise CannotSend.because(code=refusal.why.value, message=message) from refusal


@transaction.atomic
def remove_file(case_id: UUID, key: UUID, file_id: UUID, by: Membership) -> None:
    """Take a file out of what is written. Raises NotPermitted, CannotSend, Case.DoesNotExist."""
    _may_still(case_id, key, by)
    outbound.detach(by.workspace_id, key, file_id)


@transaction.atomic
def describe_files(case_id: UUID, key: UUID, alts: Mapping[UUID, str], by: Membership) -> None:
    """Say what is to be seen on pictures. Raises as remove_file."""
    if alts:
        _may_still(case_id, key, by)
        outbound.describe(by.workspace_id, key, dict(alts))


def _may_still(case_id: UUID, key: UUID, by: Membership) -> None:
    if not can(by.role, "reply"):
        raise NotPermitted
    lock_case(by.workspace_id, case_id)
    if is_sent(by.workspace_id, case_id, key):
        message = _("This reply has been sent by now. Nothing was changed in it.")
        raise CannotSend.because(code="already_sent", message=message)


def remove_unsent() -> int:
    """Remove the files of composers that nobody has; those that a draft keeps stay with it."""
    keys: dict[UUID, set[UUID]] = defaultdict(set)
    for workspace_id, key in outbound.idle_keys():
        keys[workspace_id].add(key)
    return sum(_removed(workspace_id, idle) for workspace_id, idle in keys.items())


def _removed(workspace_id: UUID, idle: Iterable[UUID]) -> int:
    with scope(workspace_id):
        drafts = Draft.objects.filter(workspace_id=workspace_id, key__in=list(idle))
        return outbound.drop_unsent(
            workspace_id, set(idle) - set(drafts.values_list("key", flat=True))
        )
