"""Which of our accounts answers: the care account of the brand where the network allows it.

Customers write to whichever account they know. In public another account of the same brand may
speak in the same thread, on networks where accounts share their threads; what is private stays with
the account that was written to. Pure, and the one place that decides: the composer shows what is
said here, the sender is given what was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from hearwell.channels.models import Channel, ChannelState, Purpose
from hearwell.channels.queries import account_of, channels_around
from hearwell.connect.contract import Replies
from hearwell.connect.model import Audience
from hearwell.connect.registry import UnknownNetworkError, connector_for

CARING: Final = frozenset({Purpose.CARE.value, Purpose.BOTH.value})


class Why(StrEnum):
    """Why an account answers."""

    CARES = "cares"
    FOR_CARE = "for_care"
    STANDS_IN = "stands_in"
    PRIVATE = "private"
    ALONE = "alone"
    NETWORK = "network"
    ASKED = "asked"


WORDS: Final[Mapping[Why, str | Promise]] = {
    Why.CARES: gettext_lazy("they wrote to it, and it is there for care"),
    Why.FOR_CARE: gettext_lazy("they wrote to the brand account; this one is there for care"),
    Why.STANDS_IN: gettext_lazy("the account they wrote to cannot answer now"),
    Why.PRIVATE: gettext_lazy("they wrote to it, and a private thread stays with its account"),
    Why.ALONE: gettext_lazy("they wrote to it, and no care account of the brand can answer here"),
    Why.NETWORK: gettext_lazy("they wrote to it, and here no other account can answer for it"),
    Why.ASKED: gettext_lazy("they wrote to it"),
}


@dataclass(frozen=True, slots=True)
class Handle:
    """An account that may answer, and why."""

    channel: Channel
    why: Why


def handles_for(
    addressed: Channel, audience: Audience, others: Sequence[Channel]
) -> tuple[Handle, ...]:
    """Return who may answer what was written to an account; the first is who does unless asked.

    ``others`` are channels of the workspace, in the order in which they are preferred.
    """
    if audience is not Audience.PUBLIC:
        return (Handle(addressed, Why.PRIVATE),)
    if not shares_threads(addressed):
        cares = addressed.purpose in CARING
        return (Handle(addressed, Why.CARES if cares else Why.NETWORK),)
    able = [one for one in others if is_beside(addressed, one) and can_speak(one, audience)]
    able.sort(key=lambda one: one.purpose != Purpose.CARE)  # stable: the preferred first
    own = can_speak(addressed, audience)
    if addressed.purpose in CARING:
        if own or not able:
            return (Handle(addressed, Why.CARES),)
        return tuple(Handle(one, Why.STANDS_IN) for one in able)
    if not able:
        return (Handle(addressed, Why.ALONE),)
    asked = (Handle(addressed, Why.ASKED),) if own else ()
    return (*(Handle(one, Why.FOR_CARE) for one in able), *asked)


def shares_threads(channel: Channel) -> bool:
    """Say whether other accounts can speak in the public threads of this one."""
    try:
        return connector_for(channel.network).manifest.shares_threads
    except UnknownNetworkError:
        return False


def is_beside(addressed: Channel, other: Channel) -> bool:
    """Say whether another account is the brand's, is there for care, and sees the same threads."""
    return (
        other.id != addressed.id
        and other.workspace_id == addressed.workspace_id
        and other.brand_id == addressed.brand_id
        and other.network == addressed.network
        and other.purpose in CARING
        and is_one_place(addressed, other)
    )


def is_one_place(one: Channel, other: Channel) -> bool:
    """Say whether two accounts of a network that shares its threads see the same ones."""
    place_of = connector_for(one.network).place_of
    return one.network == other.network and place_of(account_of(one)) == place_of(account_of(other))


def can_speak(channel: Channel, audience: Audience) -> bool:
    """Say whether an account can answer there now, as far as it and its network tell."""
    try:
        connector = connector_for(channel.network)
    except UnknownNetworkError:
        return False
    return (
        channel.state == ChannelState.ACTIVE
        and isinstance(connector, Replies)
        and audience in connector.manifest.reply_audiences
    )


def chosen_among(
    handles: Sequence[Handle], channel_id: UUID | None, refuse: Callable[[Handle], Exception]
) -> Handle:
    """Return the account that was chosen, the first without a choice; raises for one that may not.

    ``refuse`` makes what is raised of the account that would answer instead.
    """
    if channel_id is None:
        return handles[0]
    found = next((one for one in handles if one.channel.id == channel_id), None)
    if found is None:
        raise refuse(handles[0])
    return found


def siblings(workspace_id: UUID, channel_id: UUID) -> list[Channel]:
    """Return an account and our others on its network, the longest connected first; one query."""
    found = channels_around(workspace_id, [channel_id]).values()
    return sorted(found, key=lambda one: (one.connected_at, one.id))
