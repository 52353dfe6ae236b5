"""From an agent's words to a draft: to whom, in which thread, as which account."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.channels.costs import costs_of
from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.connect.attachments import Attachment
from hearwell.connect.contract import Connector
from hearwell.connect.failures import OptedOut
from hearwell.connect.model import Audience, Draft, MessageKind
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Conversation, Direction, Message
from hearwell.inbox.handles import Handle, Why, chosen_among, handles_for, siblings
from hearwell.inbox.openings import addressed, answering_connector
from hearwell.inbox.optouts import why_left_in_peace
from hearwell.inbox.privately import talk_from, why_not_begun
from hearwell.inbox.templating import as_template
from hearwell.inbox.unsendable import CannotSend
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.outbound.render import Rendered, render

_ERASED_WORDS = gettext_lazy(
    "This customer's data was erased, so nothing can be sent to them here. Should they write "
    "anew, a new case begins."
)
_AUDIENCE_WORDS = {
    Audience.PUBLIC: gettext_lazy("There is no public thread in this case to answer in."),
    Audience.PRIVATE: gettext_lazy("There is no private conversation in this case to answer in."),
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
        is_theirs = self.parent is not None and self.parent.audience == Audience.PRIVATE
        return self.parent.kind if self.parent and is_theirs else MessageKind.DM.value


@dataclass(frozen=True, slots=True)
class Home:
    """The thread a reply goes to, the message it answers, and the accounts that may speak there.

    The first of `handles` speaks unless another is chosen. A private answer to something public
    begins a talk: `conversation` is then not kept yet, or has not heard from them.
    """

    conversation: Conversation
    parent: Message
    addressed: Channel
    handles: Sequence[Handle]

    @property
    def asked_id(self) -> UUID | None:
        """The conversation by whose id this place is asked for: that of the answered message."""
        return self.parent.conversation_id


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
    audience; without a parent it is the customer's last message there. What is public can be
    answered in private where the network begins a talk by that: where they have none of their
    own, or where the conversation named is a public one.
    """
    wanted = Audience(audience)
    rows = Conversation.objects.filter(workspace_id=workspace_id, case_id=case_id)
    if conversation_id is not None:
        rows = rows.filter(id=conversation_id)
    homes = {row.id: row for row in rows}
    fit = {row.id for row in homes.values() if row.audience == wanted}
    parent = _parent(workspace_id, fit, parent_remote_id)
    home = homes[parent.conversation_id] if parent and parent.conversation_id else None
    near = home
    if home is None and wanted is Audience.PRIVATE:
        parent = _parent(workspace_id, homes.keys() - fit, parent_remote_id)
        near = homes[parent.conversation_id] if parent and parent.conversation_id else None
    if near is None or parent is None:
        raise CannotSend.because(code="audience", message=str(_AUDIENCE_WORDS[wanted]))
    accounts = siblings(workspace_id, near.channel_id)
    account = next(one for one in accounts if one.id == near.channel_id)
    home = home or talk_from(account, parent, case_id)
    if home is None:
        raise CannotSend.because(code="audience", message=str(_AUDIENCE_WORDS[wanted]))
    return Home(home, parent, account, handles_for(account, wanted, accounts))


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
    if home.conversation.is_erased or home.parent.is_erased:
        raise CannotSend.because(code="erased", message=str(_ERASED_WORDS))
    speaker = chosen_among(home.handles, channel_id, _not_that_one)
    if peace := why_left_in_peace(home.parent.author_identity):
        raise CannotSend.because(code=OptedOut.code, message=peace)
    connector = answering_connector(speaker.channel, Audience(audience))
    if refusal := why_not_begun(home.conversation, home.parent, case_id):
        raise CannotSend.because(code=refusal.code, message=refusal.message)
    return Target(
        home.conversation, speaker.channel, connector, home.parent, home.addressed, speaker.why
    )


def _not_that_one(instead: Handle) -> CannotSend:
    words = _(
        "The account that you saw cannot answer here any more. Load the page again: it would now "
        "leave from %(account)s."
    )
    return CannotSend.because(code="handle", message=words % {"account": instead.channel.handle})


def _parent(workspace_id: UUID, homes: AbstractSet[UUID], remote_id: str | None) -> Message | None:
    rows = Message.objects.filter(
        workspace_id=workspace_id, conversation_id__in=homes, deleted_at__isnull=True
    )
    if remote_id:
        rows = rows.filter(remote_id=remote_id)
    rows = rows.filter(direction=Direction.IN).select_related("author_identity").defer("search")
    return rows.order_by("sent_at", "id").last()


def draft_for(
    target: Target, text: str, initials: str | None, files: Sequence[Attachment] = ()
) -> Draft:
    """What the agent typed and attached, addressed; as a template where only those are taken."""
    bare = addressed(target.channel, target.audience, target.conversation.thread_key, target.parent)
    said = clean(text)[0].strip()
    draft = replace(bare, text=said, initials=initials, media=tuple(files))
    return as_template(target.connector, target.channel, draft, now())


def begun(target: Target, case: Case) -> Target:
    """The same, with the talk that it begins kept as a conversation of this case."""
    talk = target.conversation
    if not talk._state.adding and talk.case_id == case.id:
        return target
    home = conversations.join(
        target.addressed, case, talk.thread_key, talk.audience, takes_over=True
    )
    return replace(target, conversation=home)


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
