"""The house that a day is played in: a workspace with its accounts, promises and people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from hearwell.accounts.models import Membership, Role, User, Workspace
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel
from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.connect.registry import register
from hearwell.conversations.models import Case, Conversation, Message, Status
from hearwell.events.models import Event
from hearwell.events.registry import handlers_of
from hearwell.events.tasks import handle
from hearwell.inbox import acts, intake
from hearwell.inbox.reply import Reply, send_reply
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.kit.sweep import SWEEPS, run_once
from hearwell.outbound import sender
from hearwell.routing import services as routing
from hearwell.simulation.crowd import AT_ONCE, HOUR, HOURS, Place, Said
from hearwell.simulation.network import NETWORK, SimulatedConnector
from hearwell.sla import services as sla

_URGENT: Final = {"first_reply_s": AT_ONCE, "answer_s": AT_ONCE}
_PROMISES: Final = {
    Place.CHAT: {"first_reply_s": AT_ONCE, "answer_s": AT_ONCE},
    Place.PUBLIC: {"first_reply_s": HOUR, "answer_s": HOUR},
    Place.MAIL: {"first_reply_s": HOURS, "answer_s": 6 * HOURS},
}
_KINDS: Final = {
    Place.CHAT: (MessageKind.CHAT, Audience.PRIVATE),
    Place.PUBLIC: (MessageKind.MENTION, Audience.PUBLIC),
    Place.MAIL: (MessageKind.MAIL, Audience.PRIVATE),
}
_SWEPT: Final = ("sla.breaches", "sla.warnings", "routing.claims", "conversations.wake_due")
_URGENT_FROM: Final = 3


@dataclass(frozen=True, slots=True)
class House:
    """A workspace ready for its day; `begins` is when that day begins."""

    workspace: Workspace
    channels: dict[Place, Channel]
    staff: Sequence[Membership]
    begins: datetime

    @property
    def id(self) -> UUID:
        """The workspace's."""
        return self.workspace.id

    def hear(self, said: Iterable[Said]) -> None:
        """Take in what came, as one delivery an account."""
        by_place: dict[Place, list[InboundMessage]] = {}
        for one in said:
            by_place.setdefault(one.place, []).append(_item(one, self.begins))
        for place, items in by_place.items():
            with scope(self.id):
                intake.take_in(self.channels[place], items)

    def next_case(self, agent: Membership) -> UUID | None:
        """Give an agent what is theirs and waits again; else the next case, as the key T does."""
        with scope(self.id):
            mine = Case.objects.filter(workspace_id=self.id, status=Status.OPEN, turn="ours")
            mine = mine.filter(assignee_id=agent.user_id).order_by("due_at", "id")
            own = mine.values_list("id", flat=True).first()
            if own is not None:
                return own
            taken = routing.take_next(self.id, agent.user)
            return taken.case_id if taken else None

    def next_thanks(self) -> UUID | None:
        """Return a case that waits for nobody's answer and that nobody has looked at yet."""
        with scope(self.id):
            rows = Case.objects.filter(workspace_id=self.id, status=Status.OPEN, assignee_id=None)
            return rows.exclude(turn="ours").order_by("id").values_list("id", flat=True).first()

    def messages_of(self, case_id: UUID) -> list[str]:
        """Return the keys of what customers have said in a case, in order."""
        with scope(self.id):
            rows = Message.objects.filter(case_id=case_id, direction="in").order_by("sent_at", "id")
            return list(rows.values_list("remote_id", flat=True))

    def answer(self, case_id: UUID, agent: Membership, text: str) -> None:
        """Answer in the thread, and wait until it stands on the network."""
        with scope(self.id):
            case = Case.objects.get(id=case_id)
            home = Conversation.objects.filter(case_id=case_id).order_by("id").last()
            reply = Reply(
                case_id=case_id,
                text=text,
                audience=home.audience if home else "public",
                key=uuid4(),
                seen_version=case.version,
                confirm=True,
                undo_s=0,
            )
            delivery = send_reply(reply, agent)
        sender.deliver(self.id, delivery.id)

    def close(self, case_id: UUID, agent: Membership, reason: str) -> None:
        """Close a case with a reason."""
        with scope(self.id):
            acts.close_case(case_id, reason, agent)

    def listen(self, after: UUID | None) -> UUID | None:
        """Let the house hear what happened after an event; return the newest one heard."""
        with scope(self.id):
            rows = Event.objects.filter(workspace_id=self.id).order_by("id")
            fresh = list((rows.filter(id__gt=after) if after else rows).values_list("id", "name"))
        batches: dict[str, list[str]] = {}
        for event_id, name in fresh:
            for handler in handlers_of(name):
                batches.setdefault(handler, []).append(str(event_id))
        for handler, ids in batches.items():
            handle(workspace_id=str(self.id), handler=handler, event_ids=ids)
        return fresh[-1][0] if fresh else after

    def sweep(self) -> int:
        """Look at what has become due, as the worker does; return how many things that was."""
        return sum(run_once(SWEEPS[name]) for name in _SWEPT)


def build(agents: int, begins: datetime) -> House:
    """Make the workspace. Its promises say what most customers of each channel expect."""
    register(SimulatedConnector())
    workspace = create_workspace("A simulated day")
    with scope(workspace.id):
        sla.ensure_defaults(workspace)
        staff = [_agent(workspace, number) for number in range(agents)]
        channels = {place: _account(workspace, place) for place in Place}
        for place, channel in channels.items():
            targets = {str(u): _URGENT if u >= _URGENT_FROM else _PROMISES[place] for u in range(5)}
            sla.make_policy(
                workspace.id,
                by=None,
                name=place.title(),
                conditions={"channel": [str(channel.id)]},
                targets=targets,
            )
    return House(workspace, channels, staff, begins)


def _agent(workspace: Workspace, number: int) -> Membership:
    name = f"Agent {number + 1}"
    user = User.objects.create_user(f"agent{number + 1}@simulated.example", name=name)
    return add_member(workspace, user, Role.AGENT, initials=f"{number:03d}"[-3:])


def _account(workspace: Workspace, place: Place) -> Channel:
    return connect_channel(
        workspace_id=workspace.id,
        network=NETWORK,
        handle=f"northwind-{place}",
        external_id=f"northwind-{place}",
        brand="Northwind Air",
    )


def _item(said: Said, begins: datetime) -> InboundMessage:
    kind, audience = _KINDS[said.place]
    at = min(begins + timedelta(seconds=said.at_s), now())
    return InboundMessage(
        external_id=said.key,
        dedup_key=said.key,
        occurred_at=at,
        account=f"northwind-{said.place}",
        thread_key=said.thread,
        kind=kind,
        audience=audience,
        author=Author(said.customer, said.customer.replace(" ", ""), said.customer),
        text=said.text,
    )
