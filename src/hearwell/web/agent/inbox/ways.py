"""The ways of answering a case: each conversation that an answer can go to, and whether it may.

Whatever closes a way is asked of `inbox.privately.refusal_in` alone, once for each way that is
looked at; here it is told to the reader, with what can be done instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.channels.models import Channel
from hearwell.connect.model import Audience, MessageKind
from hearwell.conversations.models import Conversation, Message
from hearwell.conversations.queries import CasePage, ThreadPage
from hearwell.inbox.handles import CARING, WORDS, Why, handles_for
from hearwell.inbox.openings import Refusal
from hearwell.inbox.privately import beginner_at, refusal_in, talk_from
from hearwell.inbox.templating import templates_for
from hearwell.kit.clock import now
from hearwell.web.components.dates import dated
from hearwell.web.components.marks import badge_of
from hearwell.web.components.templates import TemplateChoice, choice_of
from hearwell.web.components.writing import Speaker, ThreadChoice, WayOut

PUBLIC, PRIVATE = "public", "private"


@dataclass(frozen=True)
class Scene:
    """What a composer is drawn of: a case, its messages, our accounts, what the form held."""

    page: CasePage
    thread: ThreadPage
    channels: Mapping[UUID, Channel]
    given: Mapping[str, str]

    def last_from_them(
        self, audience: str = "", home: Conversation | None = None
    ) -> Message | None:
        """Return what they said last: at all, to this audience, in this conversation."""
        heard = (m for m in reversed(self.thread.messages) if m.direction == "in")
        if audience:
            heard = (m for m in heard if m.audience == audience and m.deleted_at is None)
        if home is not None:
            heard = (m for m in heard if m.conversation_id == home.id)
        return next(heard, None)

    def given_to(self, audience: str) -> Mapping[str, str]:
        """Return what the form held, if it was written for this audience; else nothing."""
        return self.given if self.given.get("audience") == audience else {}


@dataclass(frozen=True)
class Way:
    """A conversation that an answer can go to, and what it would answer there.

    `begins`: it is a private answer to what is public. `to` is the id by which the form asks for
    it: that of the conversation of the answered message.
    """

    scene: Scene
    home: Conversation
    parent: Message | None
    speakers: Sequence[Speaker]
    begins: bool = False

    @property
    def to(self) -> str:
        """See above."""
        answered = self.parent.conversation_id if self.begins and self.parent else None
        return str(answered or self.home.id)

    @property
    def channel(self) -> Channel | None:
        """The account that speaks; None where it is not known here."""
        speaker = next((one for one in self.speakers if one.is_chosen), None)
        return self.scene.channels.get(UUID(speaker.id)) if speaker else None

    @cached_property
    def refusal(self) -> Refusal | None:
        """Why no answer would be taken; None where one would. The network is asked once."""
        channel, case = self.channel, self.scene.page.case
        return refusal_in(self.home, channel, self.parent, case.id) if channel else None

    @property
    def way_out(self) -> WayOut | None:
        """What can be done where the network itself refuses; None where it does not."""
        refusal, network = self.refusal, str(badge_of(self.home.network).title)
        if refusal is None:
            return None
        if number := self._number:
            return WayOut(network, number=number)
        if not refusal.is_of_network:
            return None
        seen = self.parent.link if self.parent else ""
        is_open_there = not refusal.is_late and not self.begins
        return WayOut(network, seen if is_open_there else "", refusal.elsewhere)

    @property
    def _number(self) -> str:
        """The number of who called, unless they hid it."""
        is_call = self.parent is not None and self.parent.kind == MessageKind.CALL
        person = self.parent.author_identity if self.parent and is_call else None
        return person.handle if person else ""

    def templates(self) -> TemplateChoice | None:
        """Return the approved templates where the network takes no free words any more."""
        if self.channel is None:
            return None
        audience, heard_at = Audience(self.home.audience), self.parent and self.parent.sent_at
        found = templates_for(self.channel, audience, heard_at or None, now())
        if found is None:
            return None
        draft, asked = self.scene.page.drafts.get(audience), self.scene.given_to(audience)
        text = asked.get("text", draft.text if draft else "")
        return choice_of(str(badge_of(self.channel.network).title), found, text, asked)

    def choice(self, *, is_chosen: bool) -> ThreadChoice:
        """Return it as one of the conversations to choose from, by whoever wrote there last."""
        said = self.scene.last_from_them(home=self.home) if not self.begins else self.parent
        channel = self.channel
        words = [
            _("In private, to their comment") if self.begins else "",
            said.author_name if said else "",
            str(badge_of(self.home.network).title),
            channel.handle if channel else "",
        ]
        label = ", ".join(word for word in words if word)
        return ThreadChoice(self.to, label, is_chosen, self.speakers, self._told())

    def _told(self) -> str:
        beginner = beginner_at(self.home.network) if self.begins else None
        if beginner is None or self.parent is None:
            return ""
        words = _(
            "One private answer to this comment, until %(until)s. Once they write back, you can "
            "go on."
        )
        until = self.parent.sent_at + beginner.private_answer_for
        return words % {"until": dated(until, "j M, H:i")}


def ways_of(scene: Scene, audience: str) -> list[Way]:
    """Return the ways to an audience; the first is the one that is taken unless asked.

    First where they last wrote, then the others, then the private answer to what is public. An
    open one comes before those that are closed.
    """
    ways = list(_ways(scene, audience))
    asked = scene.given_to(audience).get("to", "")
    ways.sort(key=lambda way: way.to != asked)
    if len(ways) > 1 and ways[0].to != asked:
        opening = next((way for way in ways if way.refusal is None), ways[0])
        ways.sort(key=lambda way: way is not opening)
    return ways


def _ways(scene: Scene, audience: str) -> Iterator[Way]:
    given = scene.given_to(audience)
    last = scene.last_from_them(audience)
    homes = [one for one in scene.page.conversations if one.audience == audience]
    homes.sort(key=lambda one: last is None or one.id != last.conversation_id)
    for home in homes:
        parent = scene.last_from_them(audience, home)
        if audience == PUBLIC or parent or scene.thread.has_earlier:
            wish = _wished(given) if given.get("to") == str(home.id) else None
            yield Way(scene, home, parent, _speakers(home, scene.channels, audience, wish))
    if audience == PRIVATE and (way := _beginning(scene)):
        yield way


def _beginning(scene: Scene) -> Way | None:
    """Return the private answer to what they last said in public; None where they came since."""
    said = scene.last_from_them(PUBLIC)
    channel = scene.channels.get(said.channel_id) if said and said.channel_id else None
    talk = talk_from(channel, said, scene.page.case.id) if channel and said else None
    if talk is None or said is None:
        return None
    theirs = scene.last_from_them(PRIVATE, talk)
    if theirs is not None and theirs.sent_at > said.sent_at:
        return None
    return Way(scene, talk, said, _speakers(talk, scene.channels, PRIVATE, None), begins=True)


def _speakers(
    home: Conversation, channels: Mapping[UUID, Channel], audience: str, wish: UUID | None
) -> list[Speaker]:
    """Return the accounts that can speak in a conversation; the one wished for, else the first."""
    addressed = channels.get(home.channel_id)
    if addressed is None:
        return []
    near = sorted(channels.values(), key=lambda one: (one.connected_at, one.id))
    handles = handles_for(addressed, Audience(audience), near)
    ids = [one.channel.id for one in handles]
    chosen = wish if wish in ids else ids[0]
    return [
        Speaker(
            id=str(handle.channel.id),
            handle=handle.channel.handle,
            why=str(WORDS[handle.why]),
            is_chosen=handle.channel.id == chosen,
            is_told=addressed.purpose not in CARING or handle.why is Why.STANDS_IN,
        )
        for handle in handles
    ]


def _wished(given: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(given.get("from", ""))
    except ValueError:
        return None
