"""Play the demo: start, go on, stop, take away. Every line travels over real HTTP to Harbour.

Where the play stands is a row; each turn says what is due and notes how far it came. A turn that
dies is taken again, and a line said twice is said once: Harbour knows its ``ref``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.services import add_member
from hearwell.kit import http
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.listening.models import Term
from hearwell.listening.services import TermFacts, save_term
from hearwell.sandbox.api.play import HEADER, key_for
from hearwell.sandbox.demo import desk
from hearwell.sandbox.demo.backlog import BACKLOG
from hearwell.sandbox.demo.cast import AGENTS, CAST
from hearwell.sandbox.demo.live import LIVE
from hearwell.sandbox.demo.script import Line, moment_of
from hearwell.sandbox.models import Page, Play
from hearwell.sandbox.queries import open_page
from hearwell.sandbox.services import opening, playing
from hearwell.sandbox.trade import tools

_PIECE = 40
_TIMEOUT_S = 30.0


class DemoUnreachableError(Exception):
    """Harbour did not answer: the system does not run, or not at its address."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the play is."""

    done: int
    total: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """A line with the moment it is said."""

    line: Line
    at: datetime


def cues(curtain: datetime) -> list[Cue]:
    """The whole play in the order of time: the back-log, then what is live."""
    back = [Cue(line, moment_of(line, curtain, is_live=False)) for line in BACKLOG]
    live = [Cue(line, moment_of(line, curtain, is_live=True)) for line in LIVE]
    return sorted(back + live, key=lambda cue: cue.at)


def start(workspace: Workspace, *, by: User | None = None) -> None:
    """Open Harbour if it is not, hire the agents, raise the curtain (again). Idempotent."""
    with scope(workspace.id):
        if open_page() is None:
            opening.open_for(workspace, by=by)
        _hire(workspace)
        _listen(workspace)
        _trade(workspace, by)
        playing.begin(workspace.id)


def _hire(workspace: Workspace) -> None:
    """The three who answered before: members that cannot sign in, so that cases can be theirs."""
    for name, email, initials, role in AGENTS:
        user = User.objects.filter(email=email).first()
        user = user or User.objects.create_user(email, name=name)
        if not Membership.objects.filter(workspace=workspace, user=user).exists():
            add_member(workspace, user, role, initials=initials)


def _listen(workspace: Workspace) -> None:
    """Have the brand's name looked for, so that one hears who does not tag it."""
    if not Term.objects.filter(workspace_id=workspace.id).exists():
        agent = User.objects.get(email=AGENTS[0][1])
        facts = TermFacts(name="Northwind Air", phrases=("Northwind Air", "Northwindair"))
        save_term(workspace.id, facts, by=agent)


def _trade(workspace: Workspace, by: User | None) -> None:
    """Let the desk look things up and do them in the brand's shop and airline."""
    page = open_page()
    if page is not None:
        tools.open_houses(workspace, page, by=by)


def stop(workspace_id: UUID) -> None:
    """Let the curtain fall; what was said stays."""
    with scope(workspace_id):
        playing.end(workspace_id)


def remove(workspace: Workspace) -> None:
    """Take the play and all its people and words off Harbour, and close its cases.

    The cases themselves stay: what was answered was answered, and reports must not change after
    the fact.
    """
    with scope(workspace.id):
        desk.end_all(workspace.id)
        desk.close_all(workspace.id)
        playing.clear(list(CAST))
        tools.close_houses(workspace.id)


def progress(workspace_id: UUID) -> Progress | None:
    """How far the play is; None if there was none."""
    with scope(workspace_id):
        play = Play.objects.first()
    total = len(BACKLOG) + len(LIVE)
    return Progress(play.step, total, play.ended_at is None) if play else None


def play_due(workspace_id: UUID) -> int:
    """Say what is due; returns how many lines. Raises ``DemoUnreachableError``."""
    with scope(workspace_id):
        play = Play.objects.filter(ended_at=None).first()
        page = open_page()
        if play is None or page is None:
            return 0
        every, key = cues(play.started_at), key_for(page)
    due = [cue for cue in every[play.step :] if cue.at <= now()]
    for piece in _pieces(due):
        if piece[0].line.do in desk.AT_THE_DESK:
            desk.work(workspace_id, piece[0].line)
        else:
            _say(page, key, piece)
        with scope(workspace_id):
            playing.advance(len(piece), every)
    return len(due)


def _pieces(due: Sequence[Cue]) -> Iterator[Sequence[Cue]]:
    """What is said on Harbour in pieces of a request each, what is done at the desk one by one."""
    for is_desk, group in groupby(due, key=lambda cue: cue.line.do in desk.AT_THE_DESK):
        cues_in, size = list(group), 1 if is_desk else _PIECE
        yield from (cues_in[start : start + size] for start in range(0, len(cues_in), size))


def _say(page: Page, key: str, piece: Sequence[Cue]) -> None:
    url = f"{settings.HEARWELL_URL}/sandbox/api/{page.address}/play"
    steps = [_step(cue) for cue in piece]
    try:
        with http.client((), origins=[settings.HEARWELL_URL], timeout_s=_TIMEOUT_S) as client:
            response = client.post(url, json={"steps": steps}, headers={HEADER: key})
    except httpx.TransportError as error:
        raise DemoUnreachableError(url) from error
    if not response.is_success:
        message = f"{url} answered {response.status_code}"
        raise DemoUnreachableError(message)


def _step(cue: Cue) -> dict[str, Any]:
    """A line as Harbour's API takes it."""
    line, person = cue.line, CAST.get(cue.line.who)
    about = {"name": person.name, "bio": person.bio, "place": person.place} if person else {}
    return about | {
        "do": line.do,
        "handle": line.who,
        "text": line.text,
        "ref": line.ref,
        "to": line.to,
        "language": line.language,
        "on_page": line.on_page,
        "at": cue.at.isoformat(),
    }
