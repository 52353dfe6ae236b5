"""What open screens are told, and what they are never told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.accounts.services import add_member, create_workspace
from hearwell.channels.models import Channel
from hearwell.conversations import services as conversations
from hearwell.conversations.models import Case
from hearwell.events import notifier
from hearwell.events.models import Event
from hearwell.events.services import emit
from hearwell.gateway import hub, presence, screens
from hearwell.gateway.app import app, end_streams
from hearwell.inbox.events import MessageReceived
from tests import factories
from tests.gateway.conftest import Server

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Told:
    """One event as a browser gets it."""

    name: str
    seq: int
    data: dict[str, Any]


@dataclass
class Watcher:
    """A browser's EventSource, in a thread of its own."""

    status: int = 0
    told: list[Told] = field(default_factory=list)
    comments: int = 0
    is_closed: bool = False

    def named(self, name: str) -> list[dict[str, Any]]:
        """Return the data of all events of a name."""
        return [one.data for one in self.told if one.name == name]

    def until(self, condition: Callable[[], object], within_s: float = 10) -> None:
        """Wait for something to be told."""
        end = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end, [(one.name, one.data) for one in self.told]
            time.sleep(0.01)

    def read(self, lines: Iterator[str]) -> None:
        """Take the stream apart until it ends."""
        event: dict[str, str] = {}
        for line in lines:
            if line.startswith(":"):
                self.comments += 1
            elif line:
                key, _, value = line.partition(": ")
                event[key] = value
            elif event:
                data = json.loads(event["data"])
                self.told.append(Told(event["event"], int(event["id"]), data))
                event = {}
        self.is_closed = True


@dataclass
class Desk:
    """A workspace with a person signed in."""

    workspace: Workspace
    user: User
    cookie: dict[str, str]
    channel: Channel

    @property
    def membership(self) -> Membership:
        """Their membership."""
        return Membership.objects.get(user=self.user, workspace=self.workspace)


def _desk(name: str) -> Desk:
    workspace = create_workspace(name)
    user = User.objects.create_user(f"{name.lower()}@example.com", "correct horse", name=name)
    add_member(workspace, user, "agent")
    with scope(workspace.id):
        channel = factories.make_channel()
    return Desk(workspace, user, _signed_in(user), channel)


def _signed_in(user: User) -> dict[str, str]:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {settings.SESSION_COOKIE_NAME: str(session.session_key)}


@pytest.fixture
def server() -> Iterator[Server]:
    """The gateway itself, and the notifier of the listening process."""
    stop = threading.Event()
    thread = threading.Thread(target=notifier.run, args=(stop,))
    thread.start()
    try:
        with Server(app, lifespan="on") as running:
            yield running
    finally:
        stop.set()
        thread.join(10)


@contextmanager
def _watching(server: Server, desk: Desk, **params: str) -> Iterator[Watcher]:
    headers = params.pop("headers", {})
    watcher = Watcher()
    client = httpx.Client(timeout=30, cookies=desk.cookie)

    def read() -> None:
        try:
            with client.stream(
                "GET", f"{server.url}/live", params=params, headers=headers
            ) as answer:
                watcher.status = answer.status_code
                watcher.read(answer.iter_lines())
        except (httpx.TransportError, httpx.StreamError):
            watcher.is_closed = True

    thread = threading.Thread(target=read)
    thread.start()
    try:
        watcher.until(lambda: watcher.named("counts") or watcher.is_closed)
        yield watcher
    finally:
        _hang_up(client)
        thread.join(10)


def _hang_up(client: httpx.Client) -> None:
    """Close the socket under a blocked read, as a closed tab does."""
    import socket

    pool = client._transport._pool  # type: ignore[attr-defined]
    for one in pool.connections:
        raw = one._connection._network_stream.get_extra_info("socket")
        with_open = raw is not None and raw.fileno() >= 0
        if with_open:
            raw.shutdown(socket.SHUT_RDWR)
    client.close()


def _arrive(desk: Desk, text: str = "Where is my bag?") -> Case:
    """A customer writes: the case as the story would make it, and its event."""
    with scope(desk.workspace.id):
        message = factories.make_message(text, desk.channel)
        case = Case.objects.get(id=message.case_id)
        emit([_received(desk, case, message.id)])
    return case


def _received(desk: Desk, case: Case, message_id: UUID) -> MessageReceived:
    return MessageReceived(
        workspace_id=desk.workspace.id,
        case_id=case.id,
        message_id=message_id,
        channel_id=desk.channel.id,
        duty="answer",
        kind=case.kind,
        urgency=case.urgency,
        audience="public",
        is_new_case=True,
    )


def test_screen_is_told_of_a_new_case_with_its_values_and_the_counts(server: Server) -> None:
    desk = _desk("Northwind")
    with _watching(server, desk, queue="needs") as screen:
        case = _arrive(desk)
        screen.until(lambda: screen.named("new"))
        screen.until(lambda: screen.named("counts")[-1]["queues"]["needs"] == 1)

    assert screen.told[0].name == "hello"
    assert screen.named("new") == [{"cases": [str(case.id)], "urgent": 0}]
    (shown,) = screen.named("cases")[0]["cases"]
    assert shown["id"] == str(case.id)
    assert shown["version"] == case.version
    assert shown["matches"] is True
    ids = [one.seq for one in screen.told]
    assert ids == sorted(ids)
    assert ids[-1] >= 1


def test_foreign_workspace_is_told_nothing(server: Server) -> None:
    ours, theirs = _desk("Northwind"), _desk("Contoso")
    with _watching(server, theirs) as foreign, _watching(server, ours) as own:
        case = _arrive(ours, "A secret of Northwind's customer")
        own.until(lambda: own.named("new"))
        _say(server, ours, case.id, "writing")
        own.until(lambda: own.named("presence"))
        time.sleep(0.5)

        assert {one.name for one in foreign.told} == {"hello", "counts"}
        assert foreign.named("counts")[-1]["queues"]["needs"] == 0
        # Naming the foreign case or a foreign number does not open the door either.
        with _watching(server, theirs, case=str(case.id), since="0") as curious:
            _arrive(ours)
            time.sleep(0.5)
            assert not {one.name for one in curious.told} & {"cases", "new", "message", "presence"}


def test_pill_names_only_cases_of_the_screens_own_list(server: Server) -> None:
    desk = _desk("Northwind")
    with _watching(server, desk, queue="mine") as screen:
        _arrive(desk)
        screen.until(lambda: screen.named("cases"))
        time.sleep(0.2)

    assert screen.named("new") == []
    assert screen.named("cases")[0]["cases"][0]["matches"] is False


def test_open_case_is_told_what_happened_in_its_thread(server: Server) -> None:
    desk = _desk("Northwind")
    case = _arrive(desk)
    with _watching(server, desk, case=str(case.id)) as screen:
        with scope(desk.workspace.id):
            conversations.close(case.id, "solved", desk.user.id)
        screen.until(lambda: screen.named("message"))
        screen.until(lambda: screen.named("cases"))

    assert screen.named("message")[-1]["case"] == str(case.id)
    assert screen.named("cases")[-1]["cases"][0]["status"] == "closed"


def test_screen_that_comes_back_is_told_what_it_missed(server: Server) -> None:
    desk = _desk("Northwind")
    with _watching(server, desk) as screen:
        _arrive(desk)
        screen.until(lambda: screen.named("new"))
        last = screen.told[-1].seq
    missed = [_arrive(desk) for _ in range(3)]
    with scope(desk.workspace.id):
        _until_numbered(3 + 1)
    with _watching(server, desk, headers={"Last-Event-ID": str(last)}) as screen:  # type: ignore[arg-type]
        screen.until(lambda: screen.named("new"))

    told = {case_id for event in screen.named("new") for case_id in event["cases"]}
    assert told >= {str(case.id) for case in missed}


def _until_numbered(how_many: int) -> None:
    end = time.monotonic() + 10
    while Event.objects.filter(seq__isnull=False).count() < how_many:
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("since", ["999999999", "-1", "abc"])
def test_screen_with_an_impossible_past(server: Server, since: str) -> None:
    desk = _desk("Northwind")
    _arrive(desk)
    with _watching(server, desk, since=since) as screen:
        if since == "999999999":
            screen.until(lambda: screen.is_closed)
            assert screen.named("reload") == [{"why": "too_old"}]
        else:
            assert screen.named("hello")
            assert not screen.named("reload")


def test_screen_older_than_what_is_kept_reloads(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk("Northwind")
    for _ in range(3):
        _arrive(desk)
    with scope(desk.workspace.id):
        _until_numbered(3)
    monkeypatch.setattr("hearwell.gateway.news.oldest_seq", lambda _: 3)
    with _watching(server, desk, since="1") as screen:
        screen.until(lambda: screen.is_closed)

    assert screen.named("reload") == [{"why": "too_old"}]


def test_stranger_and_former_member_are_turned_away(server: Server) -> None:
    desk = _desk("Northwind")
    loner = User.objects.create_user("charlie@example.com", "correct horse", name="Charlie")
    assert httpx.get(f"{server.url}/live").status_code == 401
    assert httpx.get(f"{server.url}/live", cookies={"sessionid": "x' OR 1"}).status_code == 401
    assert httpx.get(f"{server.url}/live", cookies=_signed_in(loner)).status_code == 403
    desk.membership.delete()
    assert httpx.get(f"{server.url}/live", cookies=desk.cookie).status_code == 403


@pytest.mark.parametrize("how", ["sign out", "remove", "new password", "deactivate"])
def test_stream_ends_for_who_may_no_longer_watch(server: Server, how: str) -> None:
    desk, other = _desk("Northwind"), _desk("Contoso")
    with _watching(server, desk) as screen, _watching(server, other) as bystander:
        match how:
            case "sign out":
                Session.objects.filter(session_key__in=desk.cookie.values()).delete()
            case "remove":
                desk.membership.delete()
            case "new password":
                desk.user.set_password("another horse")
                desk.user.save()
            case "deactivate":
                User.objects.filter(id=desk.user.id).update(is_active=False)
        server.call(app.state.hub.recheck())
        screen.until(lambda: screen.is_closed)
        assert screen.named("reload") == [{"why": "signed_out"}]
        assert not bystander.is_closed


def _say(server: Server, desk: Desk, case_id: UUID, doing: str, **headers: str) -> int:
    return httpx.post(
        f"{server.url}/live/presence",
        json={"case": str(case_id), "doing": doing},
        cookies=desk.cookie,
        headers=headers,
    ).status_code


def test_presence_is_shown_to_colleagues_and_ends(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, case_id = _desk("Northwind"), uuid4()
    with _watching(server, desk) as screen:
        assert _say(server, desk, case_id, "reading") == 204
        screen.until(lambda: screen.named("presence"))
        assert _say(server, desk, case_id, "reading") == 204  # nothing new: nobody is told
        assert _say(server, desk, case_id, "writing") == 204
        screen.until(lambda: len(screen.named("presence")) == 2)
        with _watching(server, desk) as late:
            late.until(lambda: late.named("presence"))
        assert _say(server, desk, case_id, "gone") == 204
        screen.until(lambda: len(screen.named("presence")) == 3)

    doings = [[p["doing"] for p in event["people"]] for event in screen.named("presence")]
    assert doings == [["reading"], ["writing"], []]
    assert screen.named("presence")[0]["people"][0]["name"] == "Northwind"


def test_presence_expires_by_itself(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "EXPIRES_AFTER_S", 0.2)
    desk = _desk("Northwind")
    with _watching(server, desk) as screen:
        _say(server, desk, uuid4(), "writing")
        screen.until(lambda: len(screen.named("presence")) == 2)

    assert screen.named("presence")[-1]["people"] == []


def test_presence_takes_only_its_own_shape_from_its_own_pages(server: Server) -> None:
    desk = _desk("Northwind")
    url, cookies = f"{server.url}/live/presence", desk.cookie
    json_type = {"content-type": "application/json"}
    for body in (b"", b"[]", b"{", b'{"case": "x", "doing": "reading"}', b"x" * 5000):
        answer = httpx.post(url, content=body, cookies=cookies, headers=json_type)
        assert answer.status_code == 400
    assert _say(server, desk, uuid4(), "dancing") == 400
    assert _say(server, desk, uuid4(), "reading", origin="https://evil.example") == 403
    assert _say(server, desk, uuid4(), "reading", **{"sec-fetch-site": "cross-site"}) == 403
    assert httpx.post(url, data={"case": "x"}, cookies=cookies).status_code == 403
    assert httpx.post(url, json={"case": str(uuid4()), "doing": "reading"}).status_code == 401


def test_sleeping_screen_is_told_to_reload_and_holds_nobody_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _desk("Northwind")
    with _watching(server, desk) as screen:
        (sleeper,) = app.state.hub._screens()

        async def flood() -> None:
            for number in range(screens.LONGEST_QUEUE + 10):
                sleeper.tell("presence", {"case": str(number), "people": []})

        server.call(flood())
        screen.until(lambda: screen.is_closed)

    assert screen.told[-1].name == "reload"
    assert screen.told[-1].data == {"why": "too_slow"}


def test_quiet_stream_is_kept_alive(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "KEEP_ALIVE_S", 0.1)
    with _watching(server, _desk("Northwind")) as screen:
        screen.until(lambda: screen.comments >= 2)


def test_lost_listening_connection_is_opened_again_and_nothing_is_missed(server: Server) -> None:
    from hearwell.kit.direct import open_direct

    desk = _desk("Northwind")
    with _watching(server, desk) as screen:
        with open_direct() as direct:
            direct.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        case = _arrive(desk)
        screen.until(lambda: screen.named("new"), within_s=20)

    assert screen.named("new")[0]["cases"] == [str(case.id)]


def test_streams_end_when_the_server_is_told_to_stop(server: Server) -> None:
    with _watching(server, _desk("Northwind")) as screen:
        end_streams()
        screen.until(lambda: screen.is_closed)


def test_burst_is_coalesced(server: Server) -> None:
    desk = _desk("Northwind")
    with _watching(server, desk) as screen:
        for _ in range(30):
            _arrive(desk)
        screen.until(lambda: screen.named("counts")[-1]["queues"]["needs"] == 30)
        assert hub.COUNTS_EVERY_S <= 0.25

    assert len(screen.named("counts")) < 30
