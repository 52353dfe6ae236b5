"""From rows of the record to what is drawn: messages, happenings, replies on their way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.channels.models import Channel
from hearwell.connect.model import MessageKind
from hearwell.connect.signature import signed
from hearwell.conversations.models import CaseLog, Message, MessageVersion
from hearwell.inbox.onward import CONTEXT
from hearwell.outbound.queries import PendingReply
from hearwell.web.agent.inbox.actfaces import act_faces
from hearwell.web.agent.inbox.feet import feet_of
from hearwell.web.agent.inbox.letters import (
    line_of,
    subjects_of,
    warning_of,
)
from hearwell.web.agent.inbox.media import attached, going_out
from hearwell.web.agent.inbox.passed import passed_words
from hearwell.web.agent.inbox.settling import settles_of
from hearwell.web.components.automation import RULED, by_rule, ruled_words
from hearwell.web.components.dates import dated
from hearwell.web.components.routed import routed_words
from hearwell.web.components.solved import SAID, misread_among, question_of
from hearwell.web.components.thread import (
    Foot,
    Happening,
    Item,
    MessageFace,
    OldVersion,
    folded,
)

_VERBS: Final[dict[str, tuple[str, str | Promise]]] = {
    "claimed": ("user", gettext_lazy("%(who)s took the case")),
    "released": ("user-minus", gettext_lazy("%(who)s gave the case back")),
    "expired": ("user-minus", gettext_lazy("The claim ran out")),
    "assigned": ("user-plus", gettext_lazy("%(who)s assigned the case to %(to)s")),
    "closed": ("check", gettext_lazy("%(who)s solved the case: %(reason)s")),
    "reopened": ("undo-2", gettext_lazy("Open again")),
    **SAID,
    "snoozed": ("alarm-clock", gettext_lazy("%(who)s snoozed the case")),
    "woken": ("alarm-clock", gettext_lazy("Back from snooze")),
    "tagged": ("tag", gettext_lazy("%(who)s added the label %(tags)s")),
    "untagged": ("tag", gettext_lazy("%(who)s took the label %(tags)s off")),
    "routed": ("split", ""),
    **RULED,
    "passed_on": (
        "arrow-right-left",
        gettext_lazy("%(who)s asked them to go on %(where)s: %(because)s"),
    ),
    "merged": ("merge", gettext_lazy("%(who)s merged %(case)s into this case%(why)s")),
    "merged_into": ("merge", gettext_lazy("%(who)s merged this case into %(case)s%(why)s")),
    "unmerged": ("undo-2", gettext_lazy("%(who)s took it back: %(case)s is by itself again")),
    "unmerged_from": ("undo-2", gettext_lazy("By itself again: %(who)s took it out of %(case)s")),
    "split_off": ("split", gettext_lazy("%(who)s split %(case)s off")),
    "split_from": ("split", gettext_lazy("%(who)s split this case off %(case)s")),
    "rejoined": ("undo-2", gettext_lazy("%(who)s took it back: %(case)s is in here again")),
    "rejoined_into": ("undo-2", gettext_lazy("%(who)s took it back into %(case)s")),
    "reply_cancelled": ("undo-2", gettext_lazy("A reply was taken back before it left")),
    "liked": ("heart", gettext_lazy("%(who)s liked a message on the network")),
    "unliked": ("undo-2", gettext_lazy("%(who)s took a like back")),
    "hidden": ("eye-off", gettext_lazy("%(who)s hid a message on the network")),
    "unhidden": ("eye", gettext_lazy("%(who)s had a message shown again")),
    "deleted_ours": ("trash-2", gettext_lazy("%(who)s deleted an answer on the network")),
    "act_not_done": (
        "triangle-alert",
        gettext_lazy("Something asked of the network was not done. %(message)s"),
    ),
    "onward_cancelled": (
        "mail",
        gettext_lazy("Not sent by e-mail: it was read in the chat meanwhile"),
    ),
    "onward_refused": (
        "triangle-alert",
        gettext_lazy("Not sent by e-mail, it waits in the chat. %(message)s"),
    ),
    "reply_failed": ("triangle-alert", gettext_lazy("A reply did not go out. %(message)s")),
    "reply_held": ("octagon-pause", gettext_lazy("A reply is held back. %(message)s")),
    "reply_stale": (
        "triangle-alert",
        gettext_lazy("A reply was not sent: the customer wrote again"),
    ),
    "reply_needs_human": (
        "triangle-alert",
        gettext_lazy("Nobody can tell whether a reply was posted: please look"),
    ),
}
REASONS: Final[dict[str, str | Promise]] = {
    "solved": gettext_lazy("Solved"),
    "no_answer_needed": gettext_lazy("No answer needed"),
    "answered_elsewhere": gettext_lazy("Answered elsewhere"),
    "duplicate": gettext_lazy("Duplicate of another case"),
    "spam": gettext_lazy("Spam"),
    "not_about_us": gettext_lazy("Not about us"),
    "merged": gettext_lazy("Merged into another case"),
}
_UNDOABLE: Final = frozenset({"merged", "split_off", "split_from"})
_UNDOING: Final = frozenset({"unmerged", "unmerged_from", "rejoined", "rejoined_into"})
_BAD: Final = frozenset({"failed", "needs_human", "stale", "held"})


@dataclass(frozen=True)
class Person:
    """A colleague: how they are called, how they sign, whether they are here.

    `presence` and `seen_at` are empty for who never was. `answers` are the networks, audiences and
    kinds of case that their role answers, where it does not answer all. Who sees no cases is given
    none.
    """

    id: UUID
    name: str
    initials: str
    presence: str = ""
    seen_at: datetime | None = None
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sees_cases: bool = True


@dataclass(frozen=True)
class Surroundings:
    """What every face of a thread needs to know."""

    me: UUID
    network: str
    handle: str
    people: Mapping[UUID, Person]
    channels: Mapping[UUID, Channel]
    rights: frozenset[str] = frozenset()

    def name_of(self, user_id: UUID | None, otherwise: str = "") -> str:
        """Name a colleague; oneself is "You"."""
        if user_id == self.me:
            return _("You")
        person = self.people.get(user_id) if user_id else None
        return person.name if person else otherwise or _("Somebody")


def items_of(
    messages: Sequence[Message],
    versions: Mapping[UUID, Sequence[MessageVersion]],
    log: Iterable[CaseLog],
    replies: Iterable[PendingReply],
    around: Surroundings,
) -> list[Item]:
    """Put a thread together in the order of time, with a heading where a new day begins.

    A page that does not start at the beginning leaves out what happened before it.
    """
    since = messages[0].sent_at if messages else None
    subjects = subjects_of(messages)
    parts: list[tuple[datetime, MessageFace | Happening]] = [
        (
            m.sent_at,
            handed_over(m)
            or message_face(m, versions.get(m.id, ()), around, subjects.get(m.id, "")),
        )
        for m in messages
    ]
    known = {m.delivery_id for m in messages if m.delivery_id}
    parts += [
        (line.at, one)
        for line, one in _happenings(list(log), around)
        if (since is None or line.at >= since) and not _is_plain(line)
    ]
    parts += [
        (reply.queued_at, reply_face(reply, around))
        for reply in replies
        if reply.delivery_id not in known
    ]
    parts.sort(key=lambda part: part[0])
    return _with_days(parts)


def _happenings(
    log: Sequence[CaseLog], around: Surroundings
) -> Iterator[tuple[CaseLog, Happening]]:
    """Draw the lines of a case's story; what was taken back cannot be once more."""
    undone = {line.data.get("move") for line in log if line.verb in _UNDOING}
    misread = misread_among(log)
    for line in log:
        drawn = happening(line, around)
        if drawn.move in undone:
            drawn = replace(drawn, move="")
        yield line, replace(drawn, question="") if drawn.question in misread else drawn


def _is_plain(line: CaseLog) -> bool:
    """Say whether a line tells nothing: who takes a case is assigned it, which goes by itself."""
    return line.verb == "assigned" and line.data.get("to") == str(line.actor_id)


def _with_days(parts: Iterable[tuple[datetime, MessageFace | Happening]]) -> list[Item]:
    items: list[Item] = []
    last: date | None = None
    for moment, part in parts:
        day = localtime(moment).date()
        heading = dated(day, "l j F Y") if day != last else ""
        last = day
        if isinstance(part, MessageFace):
            items.append(Item(message=part, day=heading))
        else:
            items.append(Item(event=part, day=heading))
    return items


def message_face(
    message: Message, versions: Sequence[MessageVersion], around: Surroundings, subject: str = ""
) -> MessageFace:
    """Draw a recorded message, with its subject where that is news."""
    is_note, is_ours = message.kind == "note", message.direction == "out"
    channel = around.channels.get(message.channel_id or UUID(int=0))
    network = channel.network if channel else around.network
    handle = channel.handle if channel else around.handle
    text, signature = message.text, ""
    if is_ours and not is_note:
        text, signature = _parted(message, said_by_us(message, versions), around)
    return MessageFace(
        id=str(message.id),
        side="note" if is_note else "out" if is_ours else "in",
        audience=message.audience,
        network=network,
        author=_author(message, around),
        at=message.sent_at,
        text=text,
        line="" if is_note else line_of(message, handle),
        subject=subject,
        warning=warning_of(message),
        folded=folded(text, message.full_text) if message.full_text else "",
        signature=signature,
        language=message.language,
        permalink=message.link,
        is_call=message.kind == MessageKind.CALL,
        delivery_id=str(message.delivery_id or ""),
        rating=message.rating,
        rating_words=_rating(message.rating),
        is_deleted=message.deleted_at is not None,
        is_let_go=message.is_purged and message.deleted_at is None,
        media=attached(message),
        foot=list(feet_of(message, around.name_of)),
        acts=act_faces(message, channel, around.rights, around.me),
        versions=[
            OldVersion(v.said_at, v.text, v.rating, _rating(v.rating))
            for v in versions
            if v.version < message.version
        ],
    )


def _author(message: Message, around: Surroundings) -> str:
    if message.author_user_id:
        return around.name_of(message.author_user_id, message.author_name)
    identity = message.author_identity
    shown = str(identity) if identity and message.direction == "in" else message.author_name
    return shown or _("Somebody")


def _rating(rating: int | None) -> str:
    if rating is None:
        return ""
    return _("%(n)s of 5 stars") % {"n": rating}


def said_by_us(message: Message, versions: Sequence[MessageVersion]) -> str:
    """What we said; of what is deleted, what it said before, unless that had to go, too."""
    is_kept = message.deleted_at is not None and not message.is_purged
    return versions[-1].text if is_kept and versions else message.text


def _parted(message: Message, text: str, around: Surroundings) -> tuple[str, str]:
    """Part the signature from the text, so that it can be drawn quietly."""
    person = around.people.get(message.author_user_id) if message.author_user_id else None
    if person is None or signed(text, person.initials) != text:
        return text, ""
    mark = f"^{person.initials}"
    stem = text.rstrip()
    return stem[: -len(mark)].rstrip(), mark


def happening(line: CaseLog, around: Surroundings) -> Happening:
    """Say what was done, and by whom."""
    icon, words = _VERBS.get(line.verb, ("info", gettext_lazy("%(who)s: %(verb)s")))
    to = line.data.get("to")
    if line.verb == "assigned" and not to:
        words = gettext_lazy("%(who)s took the assignment away")
    reason = str(line.data.get("reason", ""))
    values = {
        "who": by_rule(line.data) or around.name_of(line.actor_id, _("Hearwell")),
        "to": around.name_of(_as_uuid(to)) if to else "",
        "reason": REASONS.get(reason, reason),
        "verb": line.verb,
        "tags": ", ".join(f"“{tag}”" for tag in line.data.get("tags", ())),
        "message": _(line.data["message"]) if line.data.get("message") else "",
        "case": line.data.get("case", ""),
        "why": f": {line.data['why']}" if line.data.get("why") else "",
        **(ruled_words(line.data) | passed_words(line.data)),
    }
    if line.verb == "routed":
        holder = _("you") if to == str(around.me) else str(values["to"])
        presser = _("you") if line.actor_id == around.me else str(values["who"])
        return Happening(line.at, icon, routed_words(line.data, presser, holder))
    move = str(line.data.get("move", "")) if line.verb in _UNDOABLE else ""
    may = "close" in around.rights
    question = question_of(line) if may else ""
    return Happening(line.at, icon, str(words) % values, move if may else "", question)


def handed_over(message: Message) -> Happening | None:
    """Say of a mail that it carries the chat's answer on; None of any other message.

    Its words stand above it already, as the chat's answer.
    """
    whom = message.about.get(CONTEXT)
    if not whom:
        return None
    values = {"to": masked(str(whom["to"])), "name": whom["name"] or _("the visitor")}
    if message.receipt == "failed":
        words = _("The e-mail to %(to)s could not be delivered: the answer waits in the chat")
        return Happening(message.sent_at, "triangle-alert", words % values)
    words = _("Sent by e-mail to %(to)s, because %(name)s had left the chat")
    return Happening(message.sent_at, "mail", words % values)


def masked(address: str) -> str:
    """Return an address that those know again who know it: l…@example.com."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}"


def _as_uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def reply_face(reply: PendingReply, around: Surroundings) -> MessageFace:
    """Draw a reply that is on its way or did not get there, with what can be done about it."""
    state, is_bad = str(reply.state), str(reply.state) in _BAD
    is_theirs = reply.author_id == around.me
    words = f"{reply.label}. {reply.message}".strip() if reply.message else reply.label
    foot = [
        Foot(
            "triangle-alert" if is_bad else "clock",
            words,
            "c-late" if is_bad else "",
            is_state=True,
        )
    ]
    if is_bad and reply.code:
        foot.append(Foot("hash", _("Code %(code)s") % {"code": reply.code}))
    channel = around.channels.get(reply.channel_id)
    handle = channel.handle if channel else around.handle
    return MessageFace(
        id=f"d-{reply.delivery_id}",
        side="out",
        audience=reply.audience,
        network=reply.network,
        author=around.name_of(reply.author_id),
        at=reply.queued_at,
        text=reply.text,
        line=_("from %(handle)s") % {"handle": handle},
        delivery_id=str(reply.delivery_id),
        is_waiting=not is_bad,
        is_failed=is_bad and state != "held",
        media=going_out(reply.files),
        foot=foot,
        settles=settles_of(state, around.rights, is_theirs=is_theirs),
        is_unread=state == "approval" and not is_theirs and "approve" in around.rights,
    )
