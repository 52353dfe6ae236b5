"""The doer: carries acts on messages out, one call each, with no transaction open meanwhile.

What dies between claim and record waits again when its lease is over: again is no error.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from uuid import UUID

import structlog

from hearwell.channels.models import Channel
from hearwell.channels.services import opened_account, renew_secrets, report_failure
from hearwell.connect import failures
from hearwell.connect.contract import Moderates, Refreshes, Replies
from hearwell.connect.model import Account, Act
from hearwell.connect.registry import connector_for
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound.actlaw import Outcome, Try, outcome
from hearwell.outbound.models import Moderation
from hearwell.outbound.rules import WrongAccountError
from hearwell.outbound.sender import identity_trouble
from hearwell.outbound.services.acting import claim_act, record_act

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Deed:
    """An act that is ours to do, and as whom."""

    row: Moderation
    channel: Channel
    account: Account


def carry_out(workspace_id: UUID, moderation_id: UUID) -> bool:
    """Claim an act and do it. False if it is not ours to do, now or any more."""
    row = claim_act(workspace_id, moderation_id)
    if row is None:
        return False
    with scope(workspace_id):
        channel = Channel.objects.get(workspace_id=workspace_id, id=row.channel_id)
        deed = Deed(row, channel, opened_account(channel))
    answer = _done(deed)
    found = _outcome(deed, answer, can_renew=True)
    if found.renew:
        answer = _done_renewed(deed)
        found = _outcome(deed, answer, can_renew=False)
    record_act(row, found)
    if found.is_account and isinstance(answer, failures.Failure):
        with scope(workspace_id):
            report_failure(channel, answer)
    return True


def _outcome(deed: Deed, answer: Exception | None, *, can_renew: bool) -> Outcome:
    row = deed.row
    renews = isinstance(connector_for(row.network), Refreshes)
    spread = random.uniform(-1, 1)  # noqa: S311  jitter, not a secret
    tried = Try(Act(row.act), row.asked_at, row.attempts, now(), can_renew and renews, spread)
    return outcome(answer, tried)


def _done(deed: Deed) -> Exception | None:
    """Ask the network; None if it did it."""
    row, connector = deed.row, connector_for(deed.row.network)
    if not isinstance(connector, Moderates) or not isinstance(connector, Replies):
        return failures.NotAllowed()
    if row.account != deed.channel.external_id:
        return WrongAccountError()
    trouble = identity_trouble(connector, deed.channel, deed.account)
    if trouble is not None:
        return trouble
    try:
        connector.act(deed.account, Act(row.act), row.ref, root_id=row.root_id or None)
    except failures.Failure as failure:
        return failure
    except Exception as error:
        log.exception("connector_bug", network=row.network, moderation_id=str(row.id))
        return error
    return None


def _done_renewed(deed: Deed) -> Exception | None:
    """Renew the token once and ask again."""
    try:
        with scope(deed.row.workspace_id):
            account = renew_secrets(deed.channel, deed.account)
    except failures.Failure as failure:
        return failure
    return _done(Deed(deed.row, deed.channel, account))
