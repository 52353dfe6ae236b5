"""Whether a way of answering is open, seen before anybody writes: asked once, in one place.

An account may be unable to answer at all; a person may have asked for no more messages; and some
networks take an answer only under conditions that the answered message meets or does not meet,
whatever is said: for a time, or to those who called. The composer says so at once, with what can
be done instead; the sender asks the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.queries import account_of
from hearwell.channels.telling import told
from hearwell.connect.contract import Connector, Replies
from hearwell.connect.failures import NotAllowed, OptedOut, WindowClosed
from hearwell.connect.model import Audience, Author, Draft, MessageKind, Problem
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.connect.templates import SendsTemplates
from hearwell.conversations.models import Message
from hearwell.inbox.optouts import why_left_in_peace
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.clock import now

# The account under which people bring in what they saw themselves (inbox.byhand).
BY_HAND: Final = "by-hand"
# What other words would not change. What is due to files or length is said as one writes.
_STANDING: Final = frozenset({NotAllowed.code, WindowClosed.code})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no answer is taken, in the reader's language; ``code`` is that of the failure.

    ``is_of_network``: its own rule about the message that would be answered, not our state.
    ``elsewhere`` is as in Problem.
    """

    code: str
    message: str
    is_of_network: bool = False
    elsewhere: str = ""

    @property
    def is_late(self) -> bool:
        """Whether the network's time to answer is over, on the network as well."""
        return self.code == WindowClosed.code


def refusal_of(
    channel: Channel, audience: Audience, thread_key: str, parent: Message | None
) -> Refusal | None:
    """Return why no answer to this message would be taken from the account; None where one may.

    Where approved templates are still taken, it is not too late.
    """
    try:
        connector = answering_connector(channel, audience)
    except CannotSend as why:
        return Refusal(why.problems[0].code, why.message, elsewhere=why.problems[0].elsewhere)
    if peace := why_left_in_peace(parent.author_identity if parent else None):
        return Refusal(OptedOut.code, peace)
    if parent is None:
        return None
    draft = addressed(channel, audience, thread_key, parent)
    standing = _standing(connector, channel, draft)
    found = next((one for one in standing if one.code in _STANDING), None)
    return Refusal(found.code, told(found.message), True, found.elsewhere) if found else None


def _standing(connector: Connector, channel: Channel, draft: Draft) -> Sequence[Problem]:
    found = [p for p in connector.preflight(account_of(channel), draft, now()) if p.blocking]
    if isinstance(connector, SendsTemplates):
        return [problem for problem in found if problem.code != WindowClosed.code]
    return found


def addressed(
    channel: Channel, audience: Audience, thread_key: str, parent: Message | None
) -> Draft:
    """Return an answer to this message from this account, with nothing said in it yet."""
    return Draft(
        text="",
        audience=audience,
        account=channel.external_id,
        thread_key=thread_key,
        parent_id=parent.remote_id if parent else None,
        root_id=(parent.root_remote_id or parent.remote_id) if parent else None,
        to=_author_of(parent),
        parent_seen_at=parent.sent_at if parent else None,
        subject=parent.subject if parent else "",
        parent_kind=_kind_of(parent),
    )


def _kind_of(parent: Message | None) -> MessageKind | None:
    """What the answered message is on its network, where that is known."""
    known = MessageKind.__members__.values()
    return next((one for one in known if parent and one.value == parent.kind), None)


def _author_of(parent: Message | None) -> Author | None:
    identity = parent.author_identity if parent else None
    return Author(identity.external_id, identity.handle, identity.name) if identity else None


def answering_connector(channel: Channel, audience: Audience) -> Connector:
    """The network, if this channel can answer there at all. Raises CannotSend, saying why not."""
    connector = _known(channel.network)
    if connector is not None and not isinstance(connector, Replies):
        raise CannotSend(_why_unanswerable(connector, channel, audience))
    if channel.external_id == BY_HAND or channel.state == ChannelState.READ_ONLY:
        raise CannotSend.because(code="read_only", message=_why_read_only(channel))
    if connector is None:
        words = _("This network is not installed here.")
        raise CannotSend.because(code="no_connector", message=words)
    if channel.state == ChannelState.DISCONNECTED:
        words = _("This account is disconnected. Connect it again in the settings to answer.")
        raise CannotSend.because(code="channel_disconnected", message=words)
    if channel.state == ChannelState.PAUSED:
        words = _("This channel is paused. Resume it in the settings to answer.")
        raise CannotSend.because(code="channel_paused", message=words)
    if audience not in connector.manifest.reply_audiences:
        words = _("This network takes no answers of this kind.")
        raise CannotSend.because(code="audience", message=words)
    return connector


def _known(network: str) -> Connector | None:
    try:
        return connector_for(network)
    except UnknownNetworkError:
        return None


def _why_read_only(channel: Channel) -> str:
    if channel.external_id == BY_HAND:
        return _("This was brought in by hand. Answer it on the network, then note it here.")
    return _("This is an archive or a read-only channel: it can be read, not answered.")


def _why_unanswerable(connector: Connector, channel: Channel, audience: Audience) -> list[Problem]:
    """What a network that takes no answers says to one: it knows where to answer instead."""
    draft = Draft(text="", audience=audience, account=channel.external_id)
    problems = connector.preflight(account_of(channel), draft, now())
    said = [replace(one, message=told(one.message)) for one in problems[:1]]
    return said or [Problem("read_only", _why_read_only(channel))]
