"""An answer in our chat goes on by mail where the visitor has left and does not come back to read.

The chat's answer leaves as ever. Whoever has not read it there within the time that the chat's
owner gives them, with no page open, gets it once more at the address that they left, from one of
our mailboxes and in a thread of its own that belongs to the same case. It goes the way of every
delivery, with the same law: at most once, stopped by the same switches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from hearwell.accounts.languages import language_at, speaking
from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of, channel_by_id
from hearwell.connect.attachments import Attachment
from hearwell.connect.beginning import NewThread
from hearwell.connect.contract import Connector, WritesFirst
from hearwell.connect.model import Audience, Draft, MessageKind, Receipt, ReceiptState
from hearwell.connect.registry import connector_for
from hearwell.connect.rooms import visitor_of
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case, Message
from hearwell.conversations.queries import last_said
from hearwell.inbox import onward_letter
from hearwell.inbox.mailboxes import any_mailbox, mailbox_for
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery
from hearwell.outbound.queries import waiting_files
from hearwell.outbound.render import render
from hearwell.webchat import queries as webchat
from hearwell.webchat import services as chats
from hearwell.webchat.models import Line, Onward, Visitor
from hearwell.webchat.rules import (
    MOST_LETTERS_AN_HOUR,
    MOST_LETTERS_TO_ONE,
    NETWORK,
    due_at,
    gone_since,
)

log = structlog.get_logger(__name__)
# In a delivery's context and in what its message is about: to whom it went, and why.
CONTEXT: Final = "handed_over"
REFUSED: Final = "onward_refused"
# A mailbox in trouble is looked at again so often; whoever kept a page open for days has had time.
TRY_AGAIN: Final = timedelta(minutes=10)
TOO_LATE: Final = timedelta(days=2)
_SPACE: Final = UUID("6f0a4c7e-6d0b-5f0e-9a43-0d8b1f6f2c11")
_NO_ADDRESS: Final = gettext_noop("The address they left is none that mail can be sent to.")
_ENOUGH: Final = gettext_noop("This address has been sent as many letters today as any may get.")
_WAITED: Final = gettext_noop("It could not be sent for two days.")


@dataclass(frozen=True, slots=True)
class _Way:
    """Where an answer goes on: from which account, in which thread."""

    mailbox: Channel
    connector: Connector
    thread: NewThread


def await_reading(workspace_id: UUID, said: Iterable[Message]) -> None:
    """Give visitors time to read these answers of ours; of no other network is anything done."""
    by_channel: dict[UUID, list[UUID]] = {}
    for message in said:
        line_id = _as_uuid(message.remote_id)
        if line_id is not None and message.channel_id is not None and not message.is_automatic:
            by_channel.setdefault(message.channel_id, []).append(line_id)
    for channel_id, line_ids in by_channel.items():
        onward = webchat.onward_of(workspace_id, channel_id)
        if onward.is_on:
            until = now() + timedelta(seconds=onward.wait_s)
            chats.await_reading(workspace_id, line_ids, until)


def is_chat(thread_key: str) -> bool:
    """Say whether a thread is one of our chat's."""
    return bool(visitor_of(thread_key))


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def key_of(line_id: UUID | str) -> UUID:
    """Return the client token of the mail whose last answer is this line: always the same."""
    return uuid5(_SPACE, str(line_id))


def read_in_chat(channel: Channel, items: Sequence[Receipt]) -> None:
    """Keep back what has not left yet of answers that a visitor came back and read."""
    if channel.network != NETWORK:
        return
    read = [one.target_id for one in items if one.state is ReceiptState.READ and one.target_id]
    if read:
        keys = [key_of(line_id) for line_id in read]
        outbound.withdraw(channel.workspace_id, keys, reason="read in the chat")


# --- when the time to read is over -------------------------------------------------------------


def hand_over_due() -> int:
    """Hand over everything that is due; returns how much went into the outbox."""
    handed = 0
    for workspace_id, visitor_id in webchat.unread_places(now()):
        try:
            with scope(workspace_id):
                handed += hand_over(workspace_id, visitor_id) is not None
        except Exception:
            # One that cannot be handed over must not hold up the others, nor be tried all the time.
            log.exception("hand_over_failed", visitor_id=str(visitor_id))
            with scope(workspace_id):
                _wait(chats.hold_unread(workspace_id, visitor_id), now() + TRY_AGAIN)
    return handed


@transaction.atomic
def hand_over(workspace_id: UUID, visitor_id: UUID) -> Delivery | None:
    """Queue what a visitor has not read as one mail, if it is time; None if nothing was queued.

    The answers are held to the commit: they are waited for, or on their way, never both.
    """
    lines = chats.hold_unread(workspace_id, visitor_id)
    if not lines:
        return None
    visitor = Visitor.objects.get(workspace_id=workspace_id, id=visitor_id)
    onward = webchat.onward_of(workspace_id, visitor.channel_id)
    at, last = now(), lines[-1]
    if not onward.is_on or not visitor.email:
        chats.forget_reading(lines)
        return None
    if at - last.at > TOO_LATE:
        chats.forget_reading(lines)
        _refuse_all(visitor, lines, _WAITED)
        return None
    gone = gone_since(visitor.seen_at, visitor.left_at, at)
    due = due_at(last.at, gone, at, timedelta(seconds=onward.wait_s))
    if due > at:
        _wait(lines, due)
        return None
    return _sent_on(visitor, onward, lines, at)


def _wait(lines: Sequence[Line], until: datetime) -> None:
    if lines:
        chats.await_reading(lines[0].workspace_id, [line.id for line in lines], until)


def _sent_on(
    visitor: Visitor, onward: Onward, lines: Sequence[Line], at: datetime
) -> Delivery | None:
    chat = channel_by_id(visitor.workspace_id, visitor.channel_id)
    mailbox = mailbox_for(onward, chat) if chat else None
    if mailbox is None:
        must_wait = any_mailbox(visitor.workspace_id)
    else:
        sent = webchat.letters_from(visitor.workspace_id, visitor.channel_id)
        must_wait = sent >= MOST_LETTERS_AN_HOUR
    if must_wait:
        _wait(lines, at + TRY_AGAIN)
        return None
    chats.forget_reading(lines)
    answers = _answers(visitor, lines)
    if chat is None or mailbox is None or not answers:
        return None
    return _queued(visitor, chat, mailbox, lines, answers, at)


def _answers(visitor: Visitor, lines: Sequence[Line]) -> list[Message]:
    """Return the messages that these lines are, as the case has them."""
    ids = [str(line.id) for line in lines]
    rows = Message.objects.filter(
        workspace_id=visitor.workspace_id, channel_id=visitor.channel_id, remote_id__in=ids
    )
    said = rows.select_related("case").defer("search").order_by("sent_at", "id")
    return list(said)


def _queued(
    visitor: Visitor,
    chat: Channel,
    mailbox: Channel,
    lines: Sequence[Line],
    answers: Sequence[Message],
    at: datetime,
) -> Delivery | None:
    answer, key = answers[-1], key_of(lines[-1].id)
    way = _way(mailbox, visitor, answer.case)
    if way is None:
        _refuse(answer.case, visitor, _NO_ADDRESS)
        return None
    to = way.thread.to.external_id
    if webchat.letters_to(visitor.workspace_id, to) >= MOST_LETTERS_TO_ONE:
        _refuse(answer.case, visitor, _ENOUGH)
        return None
    home = conversations.join(mailbox, answer.case, way.thread.key, Audience.PRIVATE.value)
    files = _enclosed(way, answers, key)
    with speaking(language_at(visitor.workspace_id)):  # the visitor's own is not known
        draft = replace(_draft(way, visitor, chat, lines, files), media=tuple(files))
    before = last_said(mailbox.workspace_id, home.id)
    if before is not None:
        root = before.root_remote_id or before.remote_id
        draft = replace(draft, parent_id=before.remote_id, root_id=root)
    ready = render(way.connector, account_of(mailbox), draft, at)
    if ready.problems:  # what a person would only be warned of, nobody is here to decide
        outbound.drop_unsent(mailbox.workspace_id, [key])
        _refuse(answer.case, visitor, ready.problems[0].message)
        return None
    chats.note_gone_on(lines[-1], to)
    return outbound.queue(
        outbound.Submission(
            workspace_id=mailbox.workspace_id,
            lane_id=home.id,
            channel=mailbox,
            draft=ready.draft,
            key=key,
            author_id=answer.author_user_id,
            lane_version=outbound.versions(mailbox.workspace_id, [home.id])[home.id],
            undo_s=0,
            context={
                "case_id": str(answer.case_id),
                "conversation_id": str(home.id),
                "author_name": answer.author_name,
                "kind": MessageKind.MAIL.value,
                "is_automatic": True,
                CONTEXT: {"to": visitor.email, "name": visitor.name},
            },
        )
    )


def _way(mailbox: Channel, visitor: Visitor, case: Case) -> _Way | None:
    """Return the thread with this visitor about this case; each case has one of its own."""
    connector = connector_for(mailbox.network)
    if not isinstance(connector, WritesFirst):
        return None
    about = f"chat:{visitor.id}:{case.id}"
    thread = connector.thread_with(account_of(mailbox), visitor.email, about)
    return _Way(mailbox, connector, thread) if thread else None


def _enclosed(way: _Way, answers: Sequence[Message], key: UUID) -> list[Attachment]:
    """Put the files of these answers under the mail's key; none if a mail cannot take them all."""
    workspace_id = way.mailbox.workspace_id
    ids = [one.delivery_id for one in answers if one.media and one.delivery_id]
    if not ids:
        return []
    outbound.copy_files(workspace_id, ids, key)
    files = waiting_files(workspace_id, key)
    if way.connector.media_rule(account_of(way.mailbox)).problems(files):
        outbound.drop_unsent(workspace_id, [key])
        return []
    return files


def _draft(
    way: _Way,
    visitor: Visitor,
    chat: Channel,
    lines: Sequence[Line],
    files: Sequence[Attachment],
) -> Draft:
    earlier = webchat.lines_before(
        visitor.workspace_id, visitor.id, lines[0].seq, onward_letter.MOST_QUOTED
    )
    title = str(chat.settings.get("title") or chat.handle)
    return Draft(
        text=onward_letter.text_of(
            lines,
            earlier,
            title,
            chat.handle,
            enclosed=[file.name for file in files],
            is_proven=visitor.is_proven,
        ),
        audience=Audience.PRIVATE,
        account=way.mailbox.external_id,
        thread_key=way.thread.key,
        # What strangers call themselves is no line for a stranger's mailbox.
        to=replace(way.thread.to, name=visitor.name if visitor.is_proven else ""),
        subject=onward_letter.subject_of(title),
    )


def _refuse_all(visitor: Visitor, lines: Sequence[Line], why: str) -> None:
    answers = _answers(visitor, lines)
    if answers:
        _refuse(answers[-1].case, visitor, why)


def _refuse(case: Case, visitor: Visitor, why: str) -> None:
    """Tell the case that the answer stays in the chat, and why."""
    data = {"message": why, "to": visitor.email}
    conversations.log([case.id], REFUSED, actor_id=None, data=data)
