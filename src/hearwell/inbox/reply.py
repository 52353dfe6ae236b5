"""The story of an answer: who may, is it still right, is it possible; then into the outbox.

Nothing leaves here. Every doubt is told to the agent before anything is queued, and once queued
it can be taken back until the sender has claimed it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.connect.attachments import Attachment
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.guard.queries import policy_of
from hearwell.inbox.approving import (
    note_recalled,
    reasons_by_promise,
    reasons_of,
    refuse_second_reader,
)
from hearwell.inbox.composing import Target, begun, rendered, rendered_or_refused, target_in
from hearwell.inbox.doubts import (
    refuse_beyond_powers,
    refuse_if_in_hand,
    refuse_if_moved,
    refuse_if_stopped,
    refuse_if_taken,
)
from hearwell.inbox.drafts import lock_case
from hearwell.inbox.guarding import look, refuse_if_undescribed, refuse_unless_overridden
from hearwell.inbox.homes import give_words_back, home_of
from hearwell.inbox.privately import hold_talk
from hearwell.inbox.unsendable import (
    AlreadySent,
    CannotSend,
    Conflict,
    Emptied,
    Guarded,
    NotPermitted,
    Stopped,
    TakenByOther,
    Undescribed,
    Unsendable,
)
from hearwell.inbox.untagged import refuse_untagged
from hearwell.kit.text import clean
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery
from hearwell.outbound.queries import PendingReply, delivery_by_id, waiting_files
from hearwell.outbound.render import Rendered
from hearwell.outbound.rules import RECALLABLE, Origin
from hearwell.powers.services import hand_in
from hearwell.routing import services as routing

__all__ = [
    "AlreadySent",
    "CannotSend",
    "Conflict",
    "Emptied",
    "Guarded",
    "NotPermitted",
    "Reply",
    "Stopped",
    "TakenByOther",
    "Undescribed",
    "Unsendable",
    "give_up",
    "preview",
    "redraft",
    "release",
    "resolve_as_posted",
    "send_again",
    "send_anyway",
    "send_reply",
    "target_of",
    "undo",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an agent submits.

    ``key`` is made with the form: the same key again is the same reply. ``seen_version`` is the
    case's version on the screen, ``seen_message_id`` the last message there. ``confirm`` says
    that the agent was told of what speaks against sending and wants to send, ``is_undescribed``
    the same of pictures without a description, ``overrides`` (the tokens of findings) the same of
    the guard's warnings. What was attached under ``key`` goes along. ``channel_id`` is the account
    that the agent saw speak, or chose (inbox.handles). ``rule``: no person wrote it
    but the rule of automation of that name, for which ``by`` answers. ``choices``: what they may
    press to answer, where the channel shows that.
    """

    case_id: UUID
    text: str
    audience: str
    key: UUID
    seen_version: int
    conversation_id: UUID | None = None
    channel_id: UUID | None = None
    parent_remote_id: str | None = None
    seen_message_id: UUID | None = None
    is_holding: bool = False
    confirm: bool = False
    is_undescribed: bool = False
    overrides: frozenset[str] = frozenset()
    undo_s: int | None = None
    rule: str = ""
    choices: tuple[str, ...] = ()


@transaction.atomic
def send_reply(reply: Reply, by: Membership) -> Delivery:
    """Queue an answer in the brand's name; returns its delivery, the old one for the same key.

    Where somebody has to read it first, it waits for them instead (state APPROVAL).

    Raises a subclass of Unsendable with nothing queued, Case.DoesNotExist for a case that is not
    there. Two agents at once: the case's row lock lets one pass and the other sees what the
    first one queued. So does the same form twice at once, and a draft of it on its way. What a rule
    sends is marked as automatic, meets no clock, and gives way to whoever is on the case.
    """
    _need(by, "reply")
    hold_talk(by.workspace_id, reply.case_id, reply.audience, reply.conversation_id)
    case = lock_case(by.workspace_id, reply.case_id)
    known = outbound.delivery_by_key(by.workspace_id, reply.key)
    if known is not None:
        return _the_same(known, reply)
    if case.merged_into_id is not None:
        raise Emptied(case.merged_into_id)
    target = target_of(reply, by)
    refuse_beyond_powers(case, target.channel.network, target.audience, by)
    files = _files(reply, by)
    ready = rendered_or_refused(target, reply.text, _signature(reply, by), files)
    policy = policy_of(by.workspace_id)
    refuse_if_undescribed(ready, policy, is_undescribed=reply.is_undescribed)
    alts = [file.alt for file in files]
    found = look(case, target, clean(reply.text)[0], policy, by, alts=alts)
    overridden = refuse_unless_overridden(found, reply.overrides)
    if reply.rule:
        refuse_if_in_hand(case)
        refuse_if_stopped(target)
    elif not reply.confirm:
        refuse_if_taken(case, by)
        refuse_if_moved(case, reply.seen_version, reply.seen_message_id, by)
        refuse_if_stopped(target)
    reasons = reasons_of(case, target.channel.network, target.audience, by)
    reasons += reasons_by_promise(case, clean(reply.text)[0], overridden, by)
    target = begun(target, case)
    delivery = _queue(case, target, ready, reply, by, needs_approval=bool(reasons))
    if reasons:
        hand_in(delivery, case.id, by.user_id, reasons)
    if reply.rule:
        _audit(delivery, "reply.automatic", by, after={"digest": delivery.digest})
    else:
        _tidy_up(case, delivery, by)
    if overridden:
        checks = ", ".join(finding.check for finding in overridden)
        _audit(delivery, "reply.overridden", by, {"checks": checks})
    return delivery


def _the_same(known: Delivery, reply: Reply) -> Delivery:
    """The delivery that this key made. Raises AlreadySent if it says something else."""
    typed = str(known.context.get("typed", ""))
    is_same = typed == clean(reply.text)[0] and known.draft["audience"] == reply.audience
    if not is_same or known.context.get("case_id") != str(reply.case_id):
        raise AlreadySent(known.id, typed)
    return known


def preview(reply: Reply, by: Membership) -> Rendered:
    """Sign, count and check what is being typed: what the sender would find. Raises CannotSend."""
    _need(by, "reply")
    return rendered(target_of(reply, by), reply.text, by.initials, _files(reply, by))


def _signature(reply: Reply, by: Membership) -> str | None:
    """Return the initials of who wrote it; a rule has none."""
    return None if reply.rule else by.initials


def _files(reply: Reply, by: Membership) -> list[Attachment]:
    return waiting_files(by.workspace_id, reply.key)


def _need(by: Membership, action: str) -> None:
    if not can(by.role, action):
        raise NotPermitted


def target_of(reply: Reply, by: Membership) -> Target:
    """Where it would go. Raises CannotSend, saying why it cannot."""
    refuse_untagged(by.workspace_id, reply.case_id)
    return target_in(
        by.workspace_id,
        reply.case_id,
        reply.audience,
        conversation_id=reply.conversation_id,
        parent_remote_id=reply.parent_remote_id,
        channel_id=reply.channel_id,
    )


# --- into the outbox ---------------------------------------------------------------------------


def _queue(
    case: Case,
    target: Target,
    ready: Rendered,
    reply: Reply,
    by: Membership,
    *,
    needs_approval: bool,
) -> Delivery:
    home_id, lane_id = target.conversation.id, target.lane_id
    undo_s = by.user.preferences.get("undo_s") if reply.undo_s is None else reply.undo_s
    return outbound.queue(
        outbound.Submission(
            workspace_id=case.workspace_id,
            lane_id=lane_id,
            channel=target.channel,
            draft=replace(ready.draft, choices=reply.choices),
            key=reply.key,
            author_id=None if reply.rule else by.user_id,
            lane_version=outbound.versions(case.workspace_id, [home_id])[home_id],
            thread=outbound.LaneMove(home_id, target.addressed.id, target.addressed.external_id)
            if target.is_beside
            else None,
            undo_s=undo_s,
            needs_approval=needs_approval,
            origin=Origin.AUTOMATIC if reply.rule else Origin.PERSON,
            context={
                "case_id": str(case.id),
                "conversation_id": str(home_id),
                "author_name": reply.rule or str(by.user),
                "kind": target.kind,
                "is_holding": reply.is_holding,
                "is_automatic": bool(reply.rule),
                "typed": clean(reply.text)[0],
            },
        )
    )


def _tidy_up(case: Case, delivery: Delivery, by: Membership) -> None:
    """The draft has become a reply, a claim an assignment, and the audit a line longer."""
    said = delivery.context
    conversations.settle_draft(
        case.id, by.user_id, delivery.draft["audience"], said["typed"], delivery.key
    )
    if case.assignee_id is None:
        conversations.assign([case.id], by.user_id, actor_id=by.user_id)
    routing.keep(case.id, by.user_id)
    _audit(delivery, "reply.queued", by, after={"digest": delivery.digest})


def _audit(
    delivery: Delivery, action: str, by: Membership, after: dict[str, str] | None = None
) -> None:
    where = f"{delivery.network}:{delivery.account} {delivery.draft['audience']}"
    entry = AuditEntry(action, by.user, "delivery", delivery.id, where, None, after)
    record_audit(delivery.workspace_id, [entry])


# --- afterwards --------------------------------------------------------------------------------


@transaction.atomic
def undo(delivery_id: UUID, by: Membership) -> bool:
    """Take a reply back; its words become the draft again. False if it has left already.

    An agent takes back their own replies, a lead anybody's.
    """
    _need(by, "reply")
    delivery = _existing(delivery_id, by)
    if delivery.author_id != by.user_id:
        _need(by, "approve")
    home_of(delivery)
    if not outbound.cancel(by.workspace_id, delivery_id, by_id=by.user_id):
        return False
    note_recalled(delivery, by)
    give_words_back(delivery, delivery.author_id)
    outbound.drop_files(by.workspace_id, [delivery_id])
    _audit(delivery, "reply.undone", by)
    return True


@transaction.atomic
def redraft(delivery_id: UUID, by: Membership) -> bool:
    """Put the words of a reply that failed into this person's composer; True."""
    _need(by, "reply")
    delivery = _existing(delivery_id, by)
    home_of(delivery)
    give_words_back(delivery, by.user_id)
    return True


def _existing(delivery_id: UUID, by: Membership) -> Delivery:
    delivery = delivery_by_id(by.workspace_id, delivery_id)
    if delivery is None:
        raise Delivery.DoesNotExist
    return delivery


def _answerable(delivery_id: UUID, by: Membership) -> Delivery:
    """A reply that this person may let go. Raises CannotSend where their role does not answer."""
    _need(by, "reply")
    delivery = _existing(delivery_id, by)
    home = home_of(delivery)
    if home is not None:
        refuse_beyond_powers(home, delivery.network, delivery.draft["audience"], by)
    return delivery


@transaction.atomic
def send_anyway(delivery_id: UUID, by: Membership) -> bool:
    """Send a reply that went stale, after reading what the customer wrote since.

    What somebody had to read first was approved for the state before: again a second person
    decides.
    """
    delivery = _answerable(delivery_id, by)
    refuse_second_reader(delivery, by)
    lanes = outbound.versions(by.workspace_id, [delivery.lane_id])
    done = outbound.send_anyway(
        by.workspace_id, delivery_id, by_id=by.user_id, lane_version=lanes[delivery.lane_id]
    )
    return _noted(done, delivery, "reply.sent_anyway", by)


@transaction.atomic
def resolve_as_posted(delivery_id: UUID, permalink: str, by: Membership) -> bool:
    """Say that a doubtful reply stands on the network, and where."""
    _need(by, "reply")
    delivery = _existing(delivery_id, by)
    if permalink and not permalink.startswith("https://") and not permalink.startswith("http://"):
        raise CannotSend.because(code="link", message=_("Please paste the address of the post."))
    done = outbound.mark_as_posted(
        by.workspace_id, delivery_id, by_id=by.user_id, permalink=permalink
    )
    return _noted(done, delivery, "reply.found_posted", by, {"permalink": permalink})


@transaction.atomic
def send_again(delivery_id: UUID, by: Membership) -> bool:
    """Post a doubtful reply once more: somebody has looked and it is not there."""
    delivery = _answerable(delivery_id, by)
    done = outbound.send_again(by.workspace_id, delivery_id, by_id=by.user_id)
    return _noted(done, delivery, "reply.sent_again", by)


@transaction.atomic
def give_up(delivery_id: UUID, by: Membership) -> bool:
    """Settle a doubtful, held or stale reply: it was not posted and shall not be."""
    _need(by, "reply")
    delivery = _existing(delivery_id, by)
    home_of(delivery)
    done = outbound.give_up(by.workspace_id, delivery_id, by_id=by.user_id)
    if done:
        give_words_back(delivery, delivery.author_id)
        outbound.drop_files(by.workspace_id, [delivery_id])
    return _noted(done, delivery, "reply.given_up", by)


@transaction.atomic
def release(delivery_ids: list[UUID], by: Membership) -> list[Delivery]:
    """Let reviewed replies go that were held back."""
    _need(by, "kill_switch")
    released = outbound.release(by.workspace_id, delivery_ids, by_id=by.user_id)
    for delivery in released:
        _audit(delivery, "reply.released", by)
    return released


def _noted(
    done: bool,  # noqa: FBT001  the outcome that is passed through
    delivery: Delivery,
    action: str,
    by: Membership,
    after: dict[str, str] | None = None,
) -> bool:
    if done:
        _audit(delivery, action, by, after)
    return done


def can_recall(reply: PendingReply, by: Membership) -> bool:
    """Whether this person may take this reply back now."""
    is_theirs = reply.author_id == by.user_id or can(by.role, "approve")
    return reply.state in RECALLABLE and is_theirs and can(by.role, "reply")
