"""From an agent's words to a draft: to whom, in which thread, as which account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from hearwell.channels.costs import costs_of
from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.queries import account_of
from hearwell.connect.attachments import Attachment
from hearwell.connect.contract import Connector, Replies
from hearwell.connect.failures import OptedOut, WindowClosed
from hearwell.connect.model import Audience, Draft, MessageKind, Problem
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.connect.templates import SendsTemplates
from hearwell.conversations.models import Conversation, Direction, Message
from hearwell.inbox.handles import Handle, Why, chosen_among, handles_for, siblings
from hearwell.inbox.openings import author_of, kind_of
from hearwell.inbox.optouts import why_left_in_peace
from hearwell.inbox.templating import as_template
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.outbound.render import Rendered, render

# The account under which people bring in what they saw themselves (inbox.byhand).
BY_HAND: Final = "by-hand"
_AUDIENCE_WORDS = {
    Audience.PUBLIC: "There is no public thread in this case to answer in.",
    Audience.PRIVATE: "There is no private conversation in this case to answer in.",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reply goes: the thread, the message it answers, the account it speaks as, and why."""

    conversation: Conversation
    channel: Channel
    connector: Connector
    parent: Message | None
    addressed: Channel
    why: Why

    @property
    def is_beside(self) -> bool:
        """Whether another account of ours speaks than the one that was written to."""
        return self.channel.id != self.addressed.id

    @property
    def lane_id(self) -> UUID:
        """What keeps the order of what this account says in this thread."""
        if not self.is_beside:
            return self.conversation.id
        return uuid5(self.conversation.id, str(self.channel.id))

    @property
    def audience(self) -> Audience:
        """Who will read it."""
        return Audience(self.conversation.audience)

    @property
    def kind(self) -> str:
        """What the reply is on its network: a comment in public, else as the customer wrote."""
        if self.audience is Audience.PUBLIC:
            return MessageKind.COMMENT.value
        return self.parent.kind if self.parent else MessageKind.DM.value


@dataclass(frozen=True, slots=True)
class Home:
    """The thread a reply goes to, the message it answers, and the accounts that may speak there.

    The first of `handles` speaks unless another is chosen.
    """

    conversation: Conversation
    parent: Message
    addressed: Channel
    handles: Sequence[Handle]


def home_in(
    workspace_id: UUID,
    case_id: UUID,
    audience: str,
    *,
    conversation_id: UUID | None = None,
    parent_remote_id: str | None = None,
) -> Home:
    """Find the thread where a reply of that audience goes. Raises CannotSend if there is none.

    Without a conversation it is the one in the case that the customer last used for that
    audience; without a parent it is the customer's last message there.
    """
    wanted = Audience(audience)
    rows = Conversation.objects.filter(workspace_id=workspace_id, case_id=case_id)
    if conversation_id is not None:
        rows = rows.filter(id=conversation_id)
    homes = {row.id: row for row in rows if row.audience == wanted}
    parent = _parent(workspace_id, set(homes), parent_remote_id)
    home = homes.get(parent.conversation_id) if parent and parent.conversation_id else None
    if home is None or parent is None:
        raise CannotSend.because(code="audience", message=_AUDIENCE_WORDS[wanted])
    accounts = siblings(workspace_id, home.channel_id)
    addressed = next(one for one in accounts if one.id == home.channel_id)
    return Home(home, parent, addressed, handles_for(addressed, wanted, accounts))


def target_in(
    workspace_id: UUID,
    case_id: UUID,
    audience: str,
    *,
    conversation_id: UUID | None = None,
    parent_remote_id: str | None = None,
    channel_id: UUID | None = None,
) -> Target:
    """Find where a reply of that audience goes. Raises CannotSend, saying why it cannot.

    The thread is that of home_in. ``channel_id`` is the account that was chosen to speak; without
    one it is the first of those that may.
    """
    home = home_in(
        workspace_id,
        case_id,
        audience,
        conversation_id=conversation_id,
        parent_remote_id=parent_remote_id,
    )
    speaker = chosen_among(home.handles, channel_id, _not_that_one)
    if peace := why_left_in_peace(home.parent.author_identity):
        raise CannotSend.because(code=OptedOut.code, message=peace)
    connector = answering_connector(speaker.channel, Audience(audience))
    return Target(
        home.conversation, speaker.channel, connector, home.parent, home.addressed, speaker.why
    )


def _not_that_one(instead: Handle) -> CannotSend:
    words = _(
        "The account that you saw cannot answer here any more. Load the page again: it would now "
        "leave from %(account)s."
    )
    return CannotSend.because(code="handle", message=words % {"account": instead.channel.handle})


def _parent(workspace_id: UUID, homes: set[UUID], remote_id: str | None) -> Message | None:
    rows = Message.objects.filter(
        workspace_id=workspace_id, conversation_id__in=homes, deleted_at__isnull=True
    )
    if remote_id:
        rows = rows.filter(remote_id=remote_id)
    rows = rows.filter(direction=Direction.IN).select_related("author_identity").defer("search")
    return rows.order_by("sent_at", "id").last()


def answering_connector(channel: Channel, audience: Audience) -> Connector:
    """The network, if this channel can answer there at all. Raises CannotSend, saying why not."""
    if channel.external_id == BY_HAND:
        raise CannotSend.because(code="read_only", message=_why_read_only(channel))
    try:
        connector = connector_for(channel.network)
    except UnknownNetworkError:
        raise CannotSend.because(
            code="no_connector", message="This network is not installed here."
        ) from None
    if channel.state == ChannelState.READ_ONLY:
        raise CannotSend.because(code="read_only", message=_why_read_only(channel))
    if not isinstance(connector, Replies):
        raise CannotSend(_why_unanswerable(connector, channel, audience))
    if channel.state == ChannelState.DISCONNECTED:
        words = "This account is disconnected. Connect it again in the settings to answer."
        raise CannotSend.because(code="channel_disconnected", message=words)
    if channel.state == ChannelState.PAUSED:
        words = "This channel is paused. Resume it in the settings to answer."
        raise CannotSend.because(code="channel_paused", message=words)
    if audience not in connector.manifest.reply_audiences:
        words = "This network takes no answers of this kind."
        raise CannotSend.because(code="audience", message=words)
    return connector


def _why_read_only(channel: Channel) -> str:
    if channel.external_id == BY_HAND:
        return "This was brought in by hand. Answer it on the network, then note it here."
    return "This is an archive or a read-only channel: it can be read, not answered."


def _why_unanswerable(connector: Connector, channel: Channel, audience: Audience) -> list[Problem]:
    """What a network that takes no answers says to one: it knows where to answer instead."""
    draft = Draft(text="", audience=audience, account=channel.external_id)
    problems = connector.preflight(account_of(channel), draft, now())
    return problems[:1] or [Problem("read_only", _why_read_only(channel))]


def draft_for(
    target: Target, text: str, initials: str | None, files: Sequence[Attachment] = ()
) -> Draft:
    """What the agent typed and attached, addressed; as a template where only those are taken."""
    parent = target.parent
    draft = Draft(
        text=clean(text)[0].strip(),
        audience=target.audience,
        account=target.channel.external_id,
        thread_key=target.conversation.thread_key,
        parent_id=parent.remote_id if parent else None,
        root_id=(parent.root_remote_id or parent.remote_id) if parent else None,
        to=author_of(parent),
        initials=initials,
        media=tuple(files),
        parent_seen_at=parent.sent_at if parent else None,
        subject=parent.subject if parent else "",
        parent_kind=kind_of(parent),
    )
    return as_template(target.connector, target.channel, draft, now())


def why_closed(channel: Channel, home: Conversation, parent: Message | None) -> str:
    """Say why it is too late to answer there, if it is, and what can be done instead.

    The network's own rule, as the sender will ask it: known before anything is written. Where
    approved templates are still taken, it is not too late.
    """
    if parent is None or isinstance(connector_for(channel.network), SendsTemplates):
        return ""
    draft = Draft(
        text="",
        audience=Audience(home.audience),
        account=channel.external_id,
        thread_key=home.thread_key,
        parent_id=parent.remote_id,
        parent_seen_at=parent.sent_at,
    )
    problems = connector_for(channel.network).preflight(account_of(channel), draft, now())
    late = (one for one in problems if one.blocking and one.code == WindowClosed.code)
    return next((_(one.message) for one in late), "")


def rendered(
    target: Target, text: str, initials: str | None, files: Sequence[Attachment] = ()
) -> Rendered:
    """The draft signed, counted and checked: what the sender would find, found now."""
    draft = draft_for(target, text, initials, files)
    ready = render(target.connector, account_of(target.channel), draft, now())
    return replace(ready, problems=(*ready.problems, *costs_of(target.channel, ready.draft)))


def rendered_or_refused(
    target: Target, text: str, initials: str | None, files: Sequence[Attachment] = ()
) -> Rendered:
    """The same, if it can be sent. Raises CannotSend."""
    if not text.strip() and not files:
        raise CannotSend.because(code="empty", message=_("There is nothing to send yet."))
    ready = rendered(target, text, initials, files)
    if ready.is_blocked:
        raise CannotSend([problem for problem in ready.problems if problem.blocking])
    return ready
