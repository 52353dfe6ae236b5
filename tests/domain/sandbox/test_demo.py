"""Northwind Air: played once however often it is told, stopped, taken away."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
import time_machine

from hearwell.accounts.models import Membership
from hearwell.board.models import StatusUpdate
from hearwell.channels.models import Channel
from hearwell.connect.model import InboundMessage, Raw
from hearwell.connectors.sandbox.connector import SandboxConnector
from hearwell.conversations.models import Case, Message
from hearwell.escalation.models import Incident, IncidentCase, Statement
from hearwell.kit import http
from hearwell.kit.clock import now
from hearwell.sandbox.api.play import HEADER
from hearwell.sandbox.demo import desk, playing
from hearwell.sandbox.demo.backlog import BACKLOG
from hearwell.sandbox.demo.cast import AGENTS, CAST
from hearwell.sandbox.demo.desk import AT_THE_DESK
from hearwell.sandbox.demo.live import LIVE
from hearwell.sandbox.models import DirectMessage, Entry, Page, Play, Post, Profile
from hearwell.sandbox.rules import PRIVATE_LIMIT, PUBLIC_LIMIT
from tests.domain.sandbox.conftest import through_django
from tests.factories import receive

if TYPE_CHECKING:
    from hearwell.accounts.models import Workspace

ALL = (*BACKLOG, *LIVE)


@pytest.fixture(autouse=True)
def _in_the_test(frozen: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """The player's calls are answered here: in the test's transaction."""
    transport = httpx.MockTransport(through_django)
    monkeypatch.setattr(http, "client", lambda *_, **__: httpx.Client(transport=transport))


def _play(workspace: Workspace) -> int:
    return playing.play_due(workspace.id)


def _take_in() -> None:
    """Take what Harbour told so far in as cases."""
    bodies = [entry.body for entry in Entry.objects.order_by("seq")]
    page = {"page": str(Page.objects.get().profile_id), "entries": bodies}
    items = SandboxConnector().parse(Raw("GET", "", {}, json.dumps(page).encode(), now()))
    receive(Channel.objects.get(), [item for item in items if isinstance(item, InboundMessage)])


# --- the script ----------------------------------------------------------------------------------


def test_everybody_is_in_the_cast_and_says_something() -> None:
    assert {line.who for line in ALL if line.do not in AT_THE_DESK} - {""} == set(CAST)
    hired = {initials for _, _, initials, _ in AGENTS}
    assert {line.who for line in ALL if line.do in AT_THE_DESK} <= hired


def test_every_line_points_at_something_said_before() -> None:
    said: dict[str, float] = {}
    for line in sorted(ALL, key=lambda line: -line.at if line in BACKLOG else line.at):
        assert not line.to or line.to in said, line
        if line.ref:
            assert line.ref not in said, line
            said[line.ref] = line.at


def test_the_brand_keeps_to_the_limits_and_signs() -> None:
    for line in ALL:
        if line.who == "" and line.do in {"comment", "message"}:
            limit = PUBLIC_LIMIT if line.do == "comment" else PRIVATE_LIMIT
            assert len(line.text) <= limit
            assert line.text[-3:] in {"^ML", "^JO", "^AB"} or line.do == "message"


def test_it_is_lively() -> None:
    languages = {line.language for line in ALL if line.language}
    assert {"ar", "he", "ja", "de", "fr"} <= languages
    acts = Counter(line.do for line in ALL)
    assert min(acts[act] for act in ("edit", "delete", "like", "follow")) >= 2
    assert sum(1 for line in ALL if line.do == "post") >= 40
    private = {line.who for line in ALL if line.do == "message"} - {""}
    assert len(private) >= len(CAST) / 4
    assert max(line.at for line in LIVE) <= 75


# --- the play ------------------------------------------------------------------------------------


def test_the_back_log_comes_first_with_its_own_times(workspace: Workspace) -> None:
    playing.start(workspace)
    curtain = Play.objects.get().started_at
    assert _play(workspace) == len(BACKLOG)
    bag = Post.objects.get(play_ref="bag")
    assert bag.created_at == curtain - timedelta(minutes=362)
    assert bag.author.name == "Lena Hoff"
    answer = Post.objects.get(play_ref="bag-1")
    assert (answer.author.is_brand, answer.parent_id) == (True, bag.id)
    assert DirectMessage.objects.get(play_ref="bag-dm-1").customer == bag.author
    assert Entry.objects.count() >= len(BACKLOG)
    state = playing.progress(workspace.id)
    assert state == playing.Progress(len(BACKLOG), len(ALL), is_running=True)
    assert _play(workspace) == 0, "nothing is due yet"


def test_then_what_is_live_as_it_falls_due(workspace: Workspace) -> None:
    playing.start(workspace)
    _play(workspace)
    curtain = Play.objects.get().started_at
    with time_machine.travel(curtain + timedelta(seconds=20), tick=False):
        assert _play(workspace) == sum(1 for line in LIVE if line.at <= 20)
        assert Play.objects.get().next_at == curtain + timedelta(seconds=22)
    with time_machine.travel(curtain + timedelta(minutes=5), tick=False):
        _play(workspace)
    assert playing.progress(workspace.id) == playing.Progress(len(ALL), len(ALL), is_running=False)


def test_a_turn_taken_twice_says_nothing_twice(workspace: Workspace) -> None:
    playing.start(workspace)
    _play(workspace)
    before = (Post.objects.count(), DirectMessage.objects.count(), Entry.objects.count())
    Play.objects.update(step=0)  # as if the worker had died before it could note how far it came
    _play(workspace)
    assert (Post.objects.count(), DirectMessage.objects.count()) == before[:2]
    assert Entry.objects.count() == before[2]


def test_the_agents_work_at_their_desks(workspace: Workspace) -> None:
    playing.start(workspace)
    _play(workspace)
    _take_in()
    cases = {
        ref: Message.objects.get(remote_id=str(Post.objects.get(play_ref=ref).id)).case_id
        for ref in ("nw218", "hotel", "ski")
    }
    for _ in range(2):
        for line in LIVE:
            if line.do in AT_THE_DESK:
                desk.work(workspace.id, line)
    who = dict(Membership.objects.values_list("initials", "user_id"))
    assert Case.objects.get(id=cases["nw218"]).assignee_id == who["JO"]
    assert Case.objects.get(id=cases["hotel"]).assignee_id == who["ML"]
    assert Case.objects.get(id=cases["ski"]).status == "closed"
    assert Message.objects.filter(kind="note").count() == 1


def test_the_lead_has_an_incident_and_a_line_on_the_board(workspace: Workspace) -> None:
    playing.start(workspace)
    _play(workspace)
    _take_in()
    for _ in range(2):
        for line in LIVE:
            if line.do in AT_THE_DESK:
                desk.work(workspace.id, line)
    incident = Incident.objects.get()
    assert incident.state == "live"
    assert incident.lead_id == Membership.objects.get(initials="AB").user_id
    assert IncidentCase.objects.filter(incident_id=incident.id).count() == 2
    assert Statement.objects.get().incident_id == incident.id
    assert StatusUpdate.objects.get().state == "published"
    playing.remove(workspace)
    assert Incident.objects.get().state == "ended"
    assert StatusUpdate.objects.get().state == "ended"


def test_stopping_and_going_on(workspace: Workspace) -> None:
    playing.start(workspace)
    playing.stop(workspace.id)
    assert _play(workspace) == 0
    playing.start(workspace)
    assert _play(workspace) == len(BACKLOG)


def test_the_agents_are_hired_once_and_cannot_sign_in(workspace: Workspace) -> None:
    playing.start(workspace)
    playing.start(workspace)
    hired = Membership.objects.filter(workspace=workspace).select_related("user")
    assert {m.initials for m in hired} == {"ML", "JO", "AB"}
    assert not any(m.user.has_usable_password() for m in hired)


def test_taking_it_away(workspace: Workspace) -> None:
    playing.start(workspace)
    _play(workspace)
    _take_in()
    assert Case.objects.filter(status="open").count() > 30
    playing.remove(workspace)
    assert set(Case.objects.values_list("status", flat=True)) == {"closed"}
    assert playing.progress(workspace.id) is None
    assert not Post.objects.exists()
    assert not DirectMessage.objects.exists()
    assert list(Profile.objects.values_list("is_brand", flat=True)) == [True]
    assert not Entry.objects.filter(sent_at=None).exists()
    playing.start(workspace)
    assert _play(workspace) == len(BACKLOG), "it can be played again"


def test_nobody_plays_without_the_key(workspace: Workspace) -> None:
    playing.start(workspace)
    url = f"http://testserver/sandbox/api/{Page.objects.get().address}/play"
    with http.client(()) as client:
        for headers in ({}, {HEADER: "made up"}):
            answer = client.post(url, json={"steps": []}, headers=headers)
            assert answer.status_code == 401


def test_a_house_that_does_not_answer_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    playing.start(workspace)
    broken = httpx.MockTransport(lambda _: httpx.Response(502))
    monkeypatch.setattr(http, "client", lambda *_, **__: httpx.Client(transport=broken))
    with pytest.raises(playing.DemoUnreachableError):
        _play(workspace)
    assert Play.objects.get().step == 0
