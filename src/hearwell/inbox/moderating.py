"""Liking, hiding and deleting: who may, what this account can do to this message, how it stands.

Nothing is done here: the outbox does it, as it posts replies. What customers say is hidden at
most, for a reason that is kept, and never deleted: only what we said ourselves can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.queries import account_of, channel_by_id
from hearwell.connect.contract import Moderates, Place
from hearwell.connect.model import Act, Audience
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.conversations.models import Case, Direction, Message
from hearwell.events.services import emit
from hearwell.inbox.acts import BadActError, NotAllowedError
from hearwell.inbox.doubts import refuse_beyond_powers
from hearwell.inbox.drafts import lock_home
from hearwell.inbox.events import MessageActed
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.text import clean
from hearwell.outbound import services as outbound
from hearwell.outbound.actlaw import TOPIC, ActState, Topic
from hearwell.outbound.models import Moderation

RIGHT: Final = "reply"
LEADS: Final = "approve"
MAX_WHY: Final = 400
_ON: Final = frozenset({Act.LIKE, Act.HIDE, Act.DELETE})
_OURS: Final = frozenset({Act.DELETE})
_THEIRS: Final = frozenset({Act.LIKE, Act.UNLIKE, Act.HIDE, Act.UNHIDE})


class Why(StrEnum):
    """Why something cannot be done to a message, for programs."""

    NOT_POSSIBLE = "not_possible"
    POWERS = "powers"
    NO_REASON = "no_reason"
    STOPPED = "stopped"
    UNDER_WAY = "under_way"


class CannotActError(BadActError):
    """It cannot be done to this message; ``code`` says why."""

    def __init__(self, code: Why, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Standing:
    """How a message stands in one topic: liked or not, and what is under way or went wrong.

    ``done`` and ``last`` are acts as `messages_of` gives them: the last that was done, and the
    last that was asked for.
    """

    topic: Topic
    done: Mapping[str, Any] | None
    last: Mapping[str, Any]

    @property
    def is_on(self) -> bool:
        """Whether it is liked, hidden, deleted by us."""
        return self.done is not None and Act(self.done["act"]) in _ON

    @property
    def is_waiting(self) -> bool:
        """Whether an act is under way."""
        return bool(self.last["state"] == ActState.WAITING)

    @property
    def is_failed(self) -> bool:
        """Whether the last act came to nothing."""
        return self.last["state"] in {ActState.FAILED, ActState.REFUSED}


def standings(told: Iterable[Mapping[str, Any]] | None) -> dict[Topic, Standing]:
    """Sum up the acts on a message, the oldest first, by their topic."""
    found: dict[Topic, Standing] = {}
    for one in told or ():
        topic = TOPIC[Act(one["act"])]
        before = found.get(topic)
        done = one if one["state"] == ActState.DONE else before.done if before else None
        if one["state"] == ActState.WITHDRAWN and not one["attempts"]:
            continue
        found[topic] = Standing(topic, done, one)
    return found


def possible_acts(message: Message, channel: Channel | None) -> frozenset[Act]:
    """What this account can do to this message, as far as can be told without asking. No query."""
    if channel is None or channel.state != ChannelState.ACTIVE or message.deleted_at is not None:
        return frozenset()
    if message.channel_id != channel.id or message.is_purged or not _is_known(message.remote_id):
        return frozenset()
    connector = _connector_of(channel.network)
    if connector is None:
        return frozenset()
    account, ref = account_of(channel), message.remote_id
    place = Place(Audience(message.audience), message.root_remote_id)
    acts = _OURS if message.direction == Direction.OUT else _THEIRS
    return frozenset(
        act for act in acts & connector.acts if connector.may(account, act, ref, place)
    )


def _connector_of(network: str) -> Moderates | None:
    """Return what acts there; None where nothing does, or its connector is gone from the house."""
    try:
        connector = connector_for(network)
    except UnknownNetworkError:
        return None
    return connector if isinstance(connector, Moderates) else None


def may_delete(message: Message, user_id: UUID, *, is_lead: bool) -> bool:
    """Whether somebody may delete an answer of ours: their own, a lead anybody's."""
    return is_lead or message.author_user_id == user_id


def _is_known(remote_id: str) -> bool:
    """Whether it is the network's own name: what a person found there has only ours."""
    return bool(remote_id) and not remote_id.startswith("delivery:")


def offered_acts(message: Message, channel: Channel | None) -> list[Act]:
    """Which of the possible acts make sense as the message stands (`Message.acts` is read)."""
    standing = standings(getattr(message, "acts", None))
    possible = possible_acts(message, channel)
    return [act for act in Act if act in possible and _makes_sense(act, standing)]


def acts_asked(workspace_id: UUID, message_id: UUID) -> list[Moderation]:
    """What was asked of the network for a message, the latest first. One query."""
    rows = Moderation.objects.filter(workspace_id=workspace_id, message_id=message_id)
    return list(rows.order_by("-id")[:100])


def offered_on(message: Message, asked: Sequence[Moderation]) -> list[Act]:
    """`offered_acts` for one message alone, given what was asked for on it, the latest first."""
    message.acts = [vars(row) for row in reversed(asked)]  # type: ignore[attr-defined]
    channel_id = message.channel_id
    channel = channel_by_id(message.workspace_id, channel_id) if channel_id else None
    return offered_acts(message, channel)


def _makes_sense(act: Act, standing: Mapping[Topic, Standing]) -> bool:
    one = standing.get(TOPIC[act])
    if one is None:
        return act in _ON
    if one.is_waiting:
        return act is not Act.DELETE and act != one.last["act"]
    return one.is_on != (act in _ON)


@transaction.atomic
def act_on(
    case_id: UUID, message_id: UUID, act: Act, by: Membership, *, why: str = ""
) -> Moderation:
    """Have the worker do it in the account's name; asked twice, it is one act.

    Raises NotAllowedError, CannotActError with nothing asked for, Case.DoesNotExist and
    Message.DoesNotExist for what is not there.
    """
    if not can(by.role, RIGHT):
        raise NotAllowedError(RIGHT)
    case = lock_home(by.workspace_id, case_id)
    rows = Message.objects.filter(workspace_id=by.workspace_id, case_id=case.id)
    message = rows.defer("search").get(id=message_id)
    channel = channel_by_id(by.workspace_id, message.channel_id) if message.channel_id else None
    if channel is None or act not in possible_acts(message, channel):
        raise CannotActError(Why.NOT_POSSIBLE, _why_not(act, message))
    if act is Act.DELETE and not may_delete(message, by.user_id, is_lead=can(by.role, LEADS)):
        words = _("Only whoever wrote an answer, or a lead, can delete it.")
        raise CannotActError(Why.POWERS, words)
    _refuse_beyond_powers(case, message, channel, act, by)
    why = clean(why)[0].strip()[:MAX_WHY]
    if act is Act.HIDE and not why:
        words = _("Say why it shall be hidden. The reason is kept.")
        raise CannotActError(Why.NO_REASON, words)
    _refuse_if_stopped(channel)
    return _asked(case.id, message, channel, act, by, why)


def _refuse_beyond_powers(
    case: Case, message: Message, channel: Channel, act: Act, by: Membership
) -> None:
    """Hiding and deleting are said to all, as a public reply is; a like as the message is."""
    audience = message.audience if TOPIC[act] is Topic.LIKE else Audience.PUBLIC.value
    try:
        refuse_beyond_powers(case, channel.network, audience, by)
    except CannotSend as refusal:
        raise CannotActError(Why.POWERS, refusal.message) from refusal


def _why_not(act: Act, message: Message) -> str:
    if message.deleted_at is not None:
        return _("This message is deleted already.")
    if act is Act.DELETE and message.direction == Direction.IN:
        return _("Only messages of your own can be deleted. What customers say stays.")
    return _("This account cannot do that to this message.")


def _refuse_if_stopped(channel: Channel) -> None:
    switches = outbound.active_switches(channel.workspace_id)
    switch = outbound.switch_for(switches, channel.network, channel.id)
    if switch is not None:
        words = _("Sending is stopped: %(reason)s. Nothing was done; ask again when it goes on.")
        reason = switch.reason or _("by a kill switch")
        raise CannotActError(Why.STOPPED, words % {"reason": reason})


def _asked(
    case_id: UUID, message: Message, channel: Channel, act: Act, by: Membership, why: str
) -> Moderation:
    wanted = outbound.Wanted(
        channel=channel,
        message_id=message.id,
        act=act,
        ref=message.remote_id,
        root_id=message.root_remote_id,
        by_id=by.user_id,
        why=why,
    )
    try:
        asked, is_new = outbound.ask_for(wanted)
    except outbound.UnderWayError as error:
        words = _("The network is just being asked for the opposite. Try again in a moment.")
        raise CannotActError(Why.UNDER_WAY, words) from error
    if is_new:
        _tell(case_id, asked, act, by)
    return asked


def _tell(case_id: UUID, asked: Moderation, act: Act, by: Membership) -> None:
    facts = {"act": act.value, "state": asked.state}
    summary = f"{asked.network}:{asked.account} {act.value}"
    entry = AuditEntry(
        "message.act_asked", by.user, "message", asked.message_id, summary, None, facts
    )
    record_audit(by.workspace_id, [entry])
    emit(
        [
            MessageActed(
                workspace_id=by.workspace_id,
                case_id=case_id,
                message_id=asked.message_id,
                moderation_id=asked.id,
                actor_id=by.user_id,
                act=act.value,
                state=asked.state,
            )
        ]
    )
