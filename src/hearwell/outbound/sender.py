"""The sender: the only code that posts. It claims, checks, calls once and records the answer.

No transaction is open while a network is being called. Whatever goes wrong between the claim and
the record leaves SENDING behind, and the sweep makes that UNKNOWN: nothing is ever posted again
before the network has been asked.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import structlog

from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.services import (
    ask_for_check,
    make_sure_affordable,
    opened_account,
    renew_secrets,
    report_failure,
    said,
)
from hearwell.connect import failures
from hearwell.connect.contract import Connector, Refreshes, Replies
from hearwell.connect.model import Account, Draft, Pending, Sent
from hearwell.connect.registry import connector_for
from hearwell.connect.terms import Charge
from hearwell.contacts.queries import wants_no_messages
from hearwell.kit.clock import boot_s, now
from hearwell.kit.crashpoints import reached
from hearwell.kit.scope import scope
from hearwell.outbound import rules
from hearwell.outbound.drafts import digest, loaded
from hearwell.outbound.models import Delivery, File, Lane
from hearwell.outbound.rowlock import lock_session, row_lock
from hearwell.outbound.rules import State, Verdict, WrongAccountError
from hearwell.outbound.services.claiming import claim
from hearwell.outbound.services.lanes import is_of_one_house
from hearwell.outbound.services.outcomes import linked_ids, record
from hearwell.outbound.services.paying import under_way
from hearwell.outbound.services.switches import active_switches, switch_for
from hearwell.outbound.uploading import files_of, laden

if TYPE_CHECKING:
    import psycopg

log = structlog.get_logger(__name__)
_IN_A_ROW = 50
Answer = Sent | Pending | Exception
T = TypeVar("T")
_ACCOUNT_TROUBLE = (
    failures.NeedsReauth,
    failures.ScopeMissing,
    failures.AccountDisabled,
    WrongAccountError,
)


class NoRepliesError(TypeError):
    """The channel's network takes no replies, so nothing should ever have been queued for it."""


@dataclass(frozen=True, slots=True)
class Post:
    """All that a call needs, and what went wrong before there could be one."""

    connector: Connector
    replies: Replies
    channel: Channel
    account: Account
    draft: Draft
    linked: frozenset[str] = frozenset()
    answer: Answer | None = None
    files: tuple[File, ...] | None = ()


def deliver(workspace_id: UUID, delivery_id: UUID) -> int:
    """Post a delivery, then whatever has become due in its lane; returns how many were tried."""
    reached("O1")
    next_id: UUID | None = delivery_id
    tried = 0
    with lock_session() as session:
        while next_id is not None and tried < _IN_A_ROW:
            if not deliver_one(session, workspace_id, next_id):
                break
            tried += 1
            next_id = _next_in_lane(workspace_id, delivery_id)
    return tried


def deliver_next(workspace_id: UUID, delivery_id: UUID) -> int:
    """Post what waited in the lane behind a delivery whose outcome is known now."""
    next_id = _next_in_lane(workspace_id, delivery_id)
    return deliver(workspace_id, next_id) if next_id is not None else 0


def deliver_one(session: psycopg.Connection, workspace_id: UUID, delivery_id: UUID) -> bool:
    """Claim and post one delivery. False if it is not ours to post, now or any more."""
    with row_lock(session, delivery_id) as is_ours:
        if not is_ours:
            return False
        post = _prepare(workspace_id, delivery_id)
        if post is None:
            return False
        verdict = _post_once(workspace_id, delivery_id, post)
        if verdict is not None and verdict.renew:
            post = _renewed(workspace_id, post)
            verdict = _post_once(workspace_id, delivery_id, post, can_renew=False)
    reached("O6")
    return verdict is not None


def _post_once(
    workspace_id: UUID, delivery_id: UUID, post: Post, *, can_renew: bool = True
) -> Verdict | None:
    started = boot_s()
    claimed = claim(workspace_id, [delivery_id])
    if not claimed:
        return None
    (row,) = claimed
    reached("O2")
    answer = post.answer or _no_room(row, post) or _checked(row, post) or _call(row, post, started)
    reached("O5")
    verdict = rules.verdict_on_send(
        answer, attempt_of(row, post, can_renew=can_renew and isinstance(post.connector, Refreshes))
    )
    record(row, verdict)
    _report(post, answer, verdict)
    return verdict


def _prepare(workspace_id: UUID, delivery_id: UUID) -> Post | None:
    """Read what the call needs and ask who the token speaks for, before anything is claimed."""
    with scope(workspace_id):
        row = Delivery.objects.filter(
            workspace_id=workspace_id, id=delivery_id, state=State.QUEUED, not_before__lte=now()
        ).first()
        if row is None:
            return None
        post = post_for(row)
        post = replace(post, files=_files_to_hand_over(row, post.channel), answer=_too_dear(post))
        if row.look_first:
            post = replace(post, linked=linked_ids(workspace_id, row))
    if post.answer is None:
        post = replace(post, answer=_identity_trouble(post))
    post = _looked_first(row, post) if row.look_first and post.answer is None else post
    return _laden(post)


def _files_to_hand_over(row: Delivery, channel: Channel) -> tuple[File, ...] | None:
    """The files of a delivery; None where the claim will stop it, for then nothing is to leave."""
    if not row.draft["media"]:
        return ()
    on = active_switches(row.workspace_id)
    switch = switch_for(on, row.network, row.channel_id, row.origin)
    is_stopped = switch is not None or channel.state != ChannelState.ACTIVE
    return None if is_stopped else tuple(files_of(row))


def _laden(post: Post) -> Post:
    """With its files handed over. What goes wrong with them is the answer: nothing was posted."""
    if post.answer is not None or not post.draft.media:
        return post
    files = post.files
    if files is None:  # and if it is stopped no longer by then, it comes again
        return replace(post, answer=failures.Unavailable())
    found = _reading(lambda: laden(post.connector, post.account, post.draft, files))
    return replace(post, draft=found) if isinstance(found, Draft) else replace(post, answer=found)


def post_for(row: Delivery) -> Post:
    """What a call for this delivery needs; in the scope of its workspace.

    Raises NoRepliesError, kit.seal.KeyMissingError where this process may not post.
    """
    channel = Channel.objects.get(workspace_id=row.workspace_id, id=row.channel_id)
    connector = connector_for(channel.network)
    if not isinstance(connector, Replies):
        raise NoRepliesError(channel.network)
    return Post(connector, connector, channel, opened_account(channel), loaded(row.draft))


_identities: dict[tuple[UUID, bytes], str] = {}


def _fingerprint(account: Account) -> bytes:
    joined = "\0".join(f"{name}\0{value}" for name, value in sorted(account.secrets.items()))
    return hashlib.sha256(joined.encode()).digest()


def _identity_trouble(post: Post) -> Answer | None:
    """Ask who the token speaks for, once per set of secrets; None if it is the right account."""
    return identity_trouble(post.replies, post.channel, post.account)


def identity_trouble(replies: Replies, channel: Channel, account: Account) -> Exception | None:
    """Why nothing is done in the name of this account; None where its token speaks for it."""
    place = (channel.id, _fingerprint(account))
    if place not in _identities:
        asked = _reading(lambda: replies.identity(account))
        if isinstance(asked, Exception):
            return asked
        _identities[place] = asked
    return WrongAccountError() if _identities[place] != channel.external_id else None


def _reading(ask: Callable[[], T]) -> T | Exception:
    """Run a call that posts nothing: whatever is unclear about it, surely nothing was done."""
    try:
        return ask()
    except (failures.OutcomeUnknown, failures.ContractChanged) as failure:
        return failures.Unavailable(failure.message, network_code=failure.network_code)
    except failures.Failure as failure:
        return failure
    except Exception:
        # What it says may hold an address with the token: people are told that it failed.
        log.exception("connector_bug")
        return failures.Unavailable()


def _looked_first(row: Delivery, post: Post) -> Post:
    """After a restore: it may have gone out in the life that was lost."""
    if post.connector.manifest.read_back == "none":
        return post
    found = _reading(lambda: find_sent(row, post))
    return replace(post, answer=found) if found is not None else post


def find_sent(row: Delivery, post: Post) -> Sent | None:
    """Read back whether the network has this delivery."""
    since = row.first_claimed_at or row.queued_at
    return post.replies.find_sent(
        post.account, post.draft, str(row.key), since=since, linked=post.linked
    )


def _checked(row: Delivery, post: Post) -> Answer | None:
    """The checks just before the call: right account everywhere, approved text, nothing amiss."""
    lane = row.lane
    is_right = (
        row.account == post.channel.external_id == post.account.external_id == post.draft.account
        and (lane.channel_id, lane.account) == (row.channel_id, row.account)
        and row.channel_id == post.channel.id
        and _may_speak_there(lane)
    )
    if not is_right:
        return WrongAccountError()
    if digest(row.draft) != row.digest:
        return failures.Refused("This text is not the one that was approved. Nothing was posted.")
    if _is_unwanted(row, post.draft):
        return failures.OptedOut()
    problems = post.connector.preflight(post.account, post.draft, now())
    blocking = [problem for problem in problems if problem.blocking]
    return _ProblemFound(blocking[0].code, blocking[0].message) if blocking else None


def _is_unwanted(row: Delivery, draft: Draft) -> bool:
    """Say whether they asked for no more messages, perhaps while this waited."""
    if draft.to is None:
        return False
    with scope(row.workspace_id):
        return wants_no_messages(row.workspace_id, row.network, draft.to.external_id)


def _may_speak_there(lane: Lane) -> bool:
    """Say whether the thread is the account's own, or that of another of its brand and network."""
    if lane.follows_id is None:
        return True
    with scope(lane.workspace_id):
        return is_of_one_house(lane.workspace_id, lane.follows_id, lane.channel_id)


class _ProblemFound(failures.Refused):
    """The preflight found what the network would refuse."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # the code of the failure that was foreseen


def _call(row: Delivery, post: Post, started: float) -> Answer:
    """Post. The deadline is looked at just before, on a clock that also runs in suspend."""
    if boot_s() - started > rules.latest_start_s(post.connector.manifest):
        return failures.Unavailable("The sender was interrupted before it could begin.")
    reached("O7")
    try:
        return post.replies.send(post.account, post.draft, str(row.key))
    except failures.Failure as failure:
        return failure
    except Exception as error:
        log.exception("connector_bug", network=row.network, delivery_id=str(row.id))
        return error


def _renewed(workspace_id: UUID, post: Post) -> Post:
    """Renew the token once and ask again who it speaks for."""
    try:
        with scope(workspace_id):
            account = renew_secrets(post.channel, post.account)
    except failures.Failure as failure:
        return replace(post, answer=failure)
    renewed = replace(post, account=account, answer=None)
    return _laden(replace(renewed, answer=_identity_trouble(renewed)))


def attempt_of(row: Delivery, post: Post, *, can_renew: bool = False) -> rules.Attempt:
    """What a verdict on this delivery depends on."""
    return rules.Attempt(
        manifest=post.connector.manifest,
        attempts=row.attempts,
        first_queued_at=row.queued_at,
        unknown_since=row.unknown_since,
        now=now(),
        can_renew=can_renew,
        spread=random.uniform(-1, 1),  # noqa: S311  jitter, not a secret
    )


def _too_dear(post: Post, others: Sequence[Charge] = ()) -> Answer | None:
    """Why a cap or a quota leaves no room for this; asked before anything is."""
    try:
        costs = said(post.channel.network, post.draft)
        make_sure_affordable(post.channel, costs, under_way=others)
    except failures.QuotaExhausted as failure:
        return failure
    return None


def _no_room(row: Delivery, post: Post) -> Answer | None:
    """Why those that were claimed before leave no room below the cap for this one."""
    if not said(row.network, post.draft):
        return None
    with scope(row.workspace_id):
        return _too_dear(post, under_way(row))


def _report(post: Post, answer: Answer, verdict: Verdict) -> None:
    """Show on the channel that its account is in trouble.

    A template that is refused may be paused or gone: nobody is to choose it once more tomorrow.
    """
    channel = post.channel
    if isinstance(answer, _ACCOUNT_TROUBLE) and verdict.to is State.HELD:
        with scope(channel.workspace_id):
            report_failure(channel, answer)
    if isinstance(answer, failures.Refused) and post.draft.template is not None:
        with scope(channel.workspace_id):
            ask_for_check(channel)


def _next_in_lane(workspace_id: UUID, delivery_id: UUID) -> UUID | None:
    with scope(workspace_id):
        lane_id = Delivery.objects.values_list("lane_id", flat=True).get(
            workspace_id=workspace_id, id=delivery_id
        )
        due = Delivery.objects.filter(
            workspace_id=workspace_id, lane_id=lane_id, state=State.QUEUED, not_before__lte=now()
        )
        return due.order_by("id").values_list("id", flat=True).first()
