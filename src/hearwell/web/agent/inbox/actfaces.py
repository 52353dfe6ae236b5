"""What a message says of likes, hiding and deletion, and what can be done to it here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.channels.models import Channel
from hearwell.connect.model import Act
from hearwell.conversations.models import Message
from hearwell.inbox.moderating import LEADS, RIGHT, Standing, may_delete, offered_acts, standings
from hearwell.outbound.actlaw import Topic
from hearwell.web.components.dates import dated
from hearwell.web.components.thread import ActFace, Foot

Namer = Callable[[UUID | None], str]
_FACES: Final[dict[Act, tuple[str, str | Promise]]] = {
    Act.LIKE: ("heart", gettext_lazy("Like")),
    Act.UNLIKE: ("undo-2", gettext_lazy("Take the like back")),
    Act.HIDE: ("eye-off", gettext_lazy("Hide it")),
    Act.UNHIDE: ("eye", gettext_lazy("Show it again")),
    Act.DELETE: ("trash-2", gettext_lazy("Delete it on the network")),
}
_DONE: Final[dict[Topic, tuple[str, str | Promise]]] = {
    Topic.LIKE: ("heart", gettext_lazy("Liked: %(who)s, %(at)s")),
    Topic.HIDE: ("eye-off", gettext_lazy("Hidden: %(who)s, %(at)s. Reason: %(why)s")),
}
_UNDER_WAY: Final[dict[Act, str | Promise]] = {
    Act.LIKE: gettext_lazy("The like is on its way"),
    Act.UNLIKE: gettext_lazy("The like is being taken back"),
    Act.HIDE: gettext_lazy("Being hidden"),
    Act.UNHIDE: gettext_lazy("Being shown again"),
    Act.DELETE: gettext_lazy("Being deleted on the network"),
}
_FAILED: Final[dict[Act, str | Promise]] = {
    Act.LIKE: gettext_lazy("Not liked. %(why)s"),
    Act.UNLIKE: gettext_lazy("The like was not taken back. %(why)s"),
    Act.HIDE: gettext_lazy("Not hidden. %(why)s"),
    Act.UNHIDE: gettext_lazy("Not shown again. %(why)s"),
    Act.DELETE: gettext_lazy("Not deleted. %(why)s"),
}


def act_faces(
    message: Message, channel: Channel | None, rights: Collection[str], me: UUID
) -> list[ActFace]:
    """The acts that this person can ask for on this message."""
    if RIGHT not in rights:
        return []
    offered = offered_acts(message, channel)
    if not may_delete(message, me, is_lead=LEADS in rights):
        offered = [act for act in offered if act is not Act.DELETE]
    return [ActFace(act.value, *_words(act)) for act in offered]


def _words(act: Act) -> tuple[str, str]:
    icon, words = _FACES[act]
    return icon, str(words)


def act_feet(message: Message, named: Namer) -> Iterator[Foot]:
    """Say how a message stands: liked, hidden, and what is under way or went wrong."""
    for topic, standing in standings(getattr(message, "acts", None)).items():
        if standing.is_on and topic in _DONE:
            yield _done(topic, standing, named)
        act = Act(standing.last["act"])
        if standing.is_waiting:
            yield Foot("clock", str(_UNDER_WAY[act]), is_state=True)
        elif standing.is_failed and message.deleted_at is None:
            why = _(standing.last["message"]) if standing.last["message"] else ""
            yield Foot("triangle-alert", str(_FAILED[act]) % {"why": why}, "c-late", is_state=True)


def _done(topic: Topic, standing: Standing, named: Namer) -> Foot:
    icon, words = _DONE[topic]
    told = standing.done or {}
    values = {"who": _who(told.get("by"), named), "at": _at(told["at"]), "why": told["why"]}
    return Foot(icon, str(words) % values)


def deletion_words(message: Message, named: Namer) -> str:
    """Who deleted a message of ours through this house; empty if the network only told of it."""
    standing = standings(getattr(message, "acts", None)).get(Topic.DELETE)
    if standing is None or standing.done is None:
        return ""
    return _("Deleted on the network: %(who)s") % {"who": _who(standing.done["by"], named)}


def _who(user_id: str | None, named: Namer) -> str:
    return named(UUID(user_id) if user_id else None)


def _at(moment: str) -> str:
    return dated(localtime(datetime.fromisoformat(moment)), "H:i")
