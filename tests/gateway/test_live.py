"""What open screens are told, and what they are never told."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.contrib.sessions.models import Session

from hearwell.accounts.models import SignIn, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.accounts.services import add_member
from hearwell.accounts.services.signins import sign_out_everywhere
from hearwell.conversations import services as conversations
from hearwell.events.models import Event
from hearwell.events.services import emit
from hearwell.gateway import hub, screens
from hearwell.gateway.app import app, end_streams
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.routing import services as routing
from hearwell.sla.events import ClockNearlyDue
from tests.gateway.conftest import Server
from tests.gateway.watching import arrive, new_desk, say, signed_in, watching

pytestmark = pytest.mark.django_db(transaction=True)


def test_screen_is_told_of_a_new_case_with_its_values_and_the_counts(server: Server) -> None:
    desk = new_desk("Northwind")
    with watching(server, desk, queue="needs") as screen:
        case = arrive(desk)
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
    ours, theirs = new_desk("Northwind"), new_desk("Contoso")
    with watching(server, theirs) as foreign, watching(server, ours) as own:
        case = arrive(ours, "A secret of Northwind's customer")
        own.until(lambda: own.named("new"))
        say(server, ours, case.id, "writing")
        own.until(lambda: own.named("presence"))
        time.sleep(0.5)

        assert {one.name for one in foreign.told} == {"hello", "counts"}
        assert foreign.named("counts")[-1]["queues"]["needs"] == 0
        # Naming the foreign case or a foreign number does not open the door either.
        with watching(server, theirs, case=str(case.id), since="0") as curious:
            arrive(ours)
            time.sleep(0.5)
            assert not {one.name for one in curious.told} & {"cases", "new", "message", "presence"}


def test_pill_names_only_cases_of_the_screens_own_list(server: Server) -> None:
    desk = new_desk("Northwind")
    with watching(server, desk, queue="mine") as screen:
        arrive(desk)
        screen.until(lambda: screen.named("cases"))
        time.sleep(0.2)

    assert screen.named("new") == []
    assert screen.named("cases")[0]["cases"][0]["matches"] is False


def test_open_case_is_told_what_happened_in_its_thread(server: Server) -> None:
    desk = new_desk("Northwind")
    case = arrive(desk)
    with watching(server, desk, case=str(case.id)) as screen:
        with scope(desk.workspace.id):
            conversations.close(case.id, "solved", desk.user.id)
        screen.until(lambda: screen.named("message"))
        screen.until(lambda: screen.named("cases"))

    assert screen.named("message")[-1]["case"] == str(case.id)
    assert screen.named("cases")[-1]["cases"][0]["status"] == "closed"


def test_a_case_that_leaves_the_list_says_by_whose_hand(server: Server) -> None:
    desk = new_desk("Northwind")
    case = arrive(desk)
    with watching(server, desk, queue="needs") as screen:
        with scope(desk.workspace.id):
            conversations.close(case.id, "solved", desk.user.id)
        screen.until(lambda: screen.named("cases"))

    hand = screen.named("cases")[-1]["cases"][0]["hand"]
    assert (hand["what"], hand["user"]) == ("CaseClosed", str(desk.user.id))
    assert hand["name"] == str(desk.user)
    assert datetime.fromisoformat(hand["at"]).tzinfo


def test_an_alarm_reaches_those_whom_it_concerns(server: Server) -> None:
    """Whoever has the case, and the roles that its promise names; nobody else."""
    desk, lead = new_desk("Northwind"), User.objects.create_user("l@example.com", "horse", name="L")
    add_member(desk.workspace, lead, "lead")
    leads = replace(desk, user=lead, cookie=signed_in(lead))
    case, other = arrive(desk), arrive(desk)
    with scope(desk.workspace.id):
        conversations.assign([case.id], desk.user.id)
    due = datetime.now(UTC) + timedelta(minutes=5)
    with watching(server, desk) as agents, watching(server, leads) as theirs:
        with scope(desk.workspace.id):
            emit(
                ClockNearlyDue(desk.workspace.id, one.id, uuid7(), "answer", due, roles=["lead"])
                for one in (case, other)
            )
        theirs.until(lambda: len(theirs.named("alarm")) == 2)
        agents.until(lambda: agents.named("alarm"))
        time.sleep(0.5)
        (alarm,) = agents.named("alarm")
    assert (alarm["case"], alarm["number"], alarm["what"]) == (str(case.id), case.number, "soon")
    assert datetime.fromisoformat(alarm["due_at"]) == due


def test_a_colleague_who_comes_or_goes_is_told_to_the_workspace_alone(server: Server) -> None:
    ours, theirs = new_desk("Northwind"), new_desk("Contoso")
    with watching(server, theirs) as foreign, watching(server, ours) as screen:
        with scope(ours.workspace.id):
            routing.set_presence(ours.workspace.id, ours.user.id, "busy")
            routing.set_presence(ours.workspace.id, ours.user.id, "away")
        screen.until(lambda: screen.named("person"))
        assert screen.named("person")[-1] == {"user": str(ours.user.id), "presence": "away"}
        time.sleep(0.3)
        assert foreign.named("person") == []


def test_screen_that_comes_back_is_told_what_it_missed(server: Server) -> None:
    desk = new_desk("Northwind")
    with watching(server, desk) as screen:
        arrive(desk)
        screen.until(lambda: screen.named("new"))
        last = screen.told[-1].seq
    missed = [arrive(desk) for _ in range(3)]
    with scope(desk.workspace.id):
        _until_numbered(3 + 1)
    with watching(server, desk, headers={"Last-Event-ID": str(last)}) as screen:  # type: ignore[arg-type]
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
    desk = new_desk("Northwind")
    arrive(desk)
    with watching(server, desk, since=since) as screen:
        if since == "999999999":
            screen.until(lambda: screen.is_closed)
            assert screen.named("reload") == [{"why": "too_old"}]
        else:
            assert screen.named("hello")
            assert not screen.named("reload")


def test_screen_older_than_what_is_kept_reloads(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk("Northwind")
    for _ in range(3):
        arrive(desk)
    with scope(desk.workspace.id):
        _until_numbered(3)
    monkeypatch.setattr("hearwell.gateway.news.oldest_seq", lambda _: 3)
    with watching(server, desk, since="1") as screen:
        screen.until(lambda: screen.is_closed)

    assert screen.named("reload") == [{"why": "too_old"}]


def test_stranger_and_former_member_are_turned_away(server: Server) -> None:
    desk = new_desk("Northwind")
    loner = User.objects.create_user("charlie@example.com", "correct horse", name="Charlie")
    assert httpx.get(f"{server.url}/live").status_code == 401
    assert httpx.get(f"{server.url}/live", cookies={"sessionid": "x' OR 1"}).status_code == 401
    assert httpx.get(f"{server.url}/live", cookies=signed_in(loner)).status_code == 403
    desk.membership.delete()
    assert httpx.get(f"{server.url}/live", cookies=desk.cookie).status_code == 403


@pytest.mark.parametrize("how", ["sign out", "remove", "new password", "deactivate", "factor"])
def test_stream_ends_for_who_may_no_longer_watch(server: Server, how: str) -> None:
    desk, other = new_desk("Northwind"), new_desk("Contoso")
    with watching(server, desk) as screen, watching(server, other) as bystander:
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
            case "factor":
                Workspace.objects.filter(id=desk.workspace.id).update(second_factor_from=now())
        server.call(app.state.hub.recheck())
        screen.until(lambda: screen.is_closed)
        assert screen.named("reload") == [{"why": "signed_out"}]
        assert not bystander.is_closed


@pytest.fixture
def never_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that does not look by itself who is still there; asked for before the server."""
    monkeypatch.setattr(hub, "RECHECK_EVERY_S", 3600.0)


def test_stream_ends_at_once_when_its_browser_is_signed_out(
    never_looking: None, server: Server
) -> None:
    """Told by a notification: nobody waits for the next look."""
    desk, other = new_desk("Northwind"), new_desk("Contoso")
    with watching(server, desk) as screen, watching(server, other) as bystander:
        for key in desk.cookie.values():
            SignIn.objects.update_or_create(session_key=key, defaults={"user": desk.user})
        with scope(desk.workspace.id):
            sign_out_everywhere(desk.membership, by=desk.user)
        screen.until(lambda: screen.is_closed)
        assert not bystander.is_closed
    assert httpx.get(f"{server.url}/live", cookies=desk.cookie).status_code == 401


def test_no_stream_is_opened_without_the_factor_that_is_asked_for(server: Server) -> None:
    desk = new_desk("Northwind")
    Workspace.objects.filter(id=desk.workspace.id).update(second_factor_from=now())
    assert httpx.get(f"{server.url}/live", cookies=desk.cookie).status_code == 403


def test_sleeping_screen_is_told_to_reload_and_holds_nobody_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk("Northwind")
    with watching(server, desk) as screen:
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
    with watching(server, new_desk("Northwind")) as screen:
        screen.until(lambda: len(screen.named("ping")) >= 2)


def test_lost_listening_connection_is_opened_again_and_nothing_is_missed(server: Server) -> None:
    from hearwell.kit.direct import open_direct

    desk = new_desk("Northwind")
    with watching(server, desk) as screen:
        with open_direct() as direct:
            direct.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        case = arrive(desk)
        screen.until(lambda: screen.named("new"), within_s=20)

    assert screen.named("new")[0]["cases"] == [str(case.id)]


def test_streams_end_when_the_server_is_told_to_stop(server: Server) -> None:
    with watching(server, new_desk("Northwind")) as screen:
        end_streams()
        screen.until(lambda: screen.is_closed)


def test_burst_is_coalesced(server: Server) -> None:
    desk = new_desk("Northwind")
    with watching(server, desk) as screen:
        for _ in range(30):
            arrive(desk)
        screen.until(lambda: screen.named("counts")[-1]["queues"]["needs"] == 30)
        assert hub.COUNTS_EVERY_S <= 0.25

    assert len(screen.named("counts")) < 30
