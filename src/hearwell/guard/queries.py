"""Reads of the guard. In the caller's scope."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F
from django.db.models.fields.json import KT

from hearwell.channels.models import Channel
from hearwell.guard.models import Policy
from hearwell.guard.profanity import WORDS
from hearwell.guard.rules import DEFAULTS, Check, Level, Terms
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State

_NEVER_LEFT = [State.CANCELLED, State.FAILED, State.DRAFT]


def policy_of(workspace_id: UUID) -> Policy:
    """The guard of a workspace, with the defaults where nobody chose. One query."""
    found = Policy.objects.filter(workspace_id=workspace_id).first()
    return found or Policy(workspace_id=workspace_id)


def levels_of(policy: Policy) -> dict[Check, Level]:
    """The level of every check."""
    chosen = {Check(name): Level(level) for name, level in policy.levels.items() if name in _KNOWN}
    return {**DEFAULTS, **chosen}


_KNOWN = frozenset(Check)


def terms_of(policy: Policy) -> Terms:
    """What the rules need of a policy. One query: our own mailboxes may be named anywhere."""
    mailboxes = Channel.objects.filter(workspace_id=policy.workspace_id, network="email")
    addresses = [one for pair in mailboxes.values_list("handle", "external_id") for one in pair]
    return Terms(
        levels=levels_of(policy),
        ours=[*policy.ours, *addresses],
        patterns=policy.patterns,
        words={**WORDS, **policy.words},
    )


def replies_to_others(workspace_id: UUID, customer: str, limit: int) -> list[str]:
    """What people here last answered to anybody but this customer, as typed. One query.

    Parameters
    ----------
    customer: the customer's id on their network.
    limit: how many at most, the newest first; what never left is not among them.
    """
    rows = Delivery.objects.filter(workspace_id=workspace_id, author_id__isnull=False)
    rows = rows.exclude(state__in=_NEVER_LEFT).annotate(to=KT("draft__to__external_id"))
    rows = rows.exclude(to__isnull=False, to=customer).annotate(typed=KT("context__typed"))
    found = rows.order_by(F("id").desc()).values_list("typed", flat=True)[:limit]
    return [typed for typed in found if typed]
