"""What wallboards are told, by whom they may be watched, and when it is over for them."""

from __future__ import annotations

import httpx
import pytest
from django.contrib.sessions.models import Session

from hearwell.accounts.models import Membership
from hearwell.accounts.scoping import scope
from hearwell.gateway import walls
from hearwell.gateway.app import app, end_streams
from hearwell.kit.buckets import Buckets
from hearwell.reports import services
from hearwell.reports.wall import figures
from hearwell.reports.wall.shared import SHARED
from tests.gateway.conftest import Server
from tests.gateway.watching import Desk, arrive, held_open, new_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def afresh(monkeypatch):
    SHARED.forget()
    monkeypatch.setattr(walls, "OPENINGS", Buckets(burst=60, per_s=0.2))
    monkeypatch.setattr(walls, "COUNTED_EVERY_S", 0.1)
    monkeypatch.setattr("hearwell.reports.wall.shared.COUNTED_EVERY_S", 0.1)


def board(server: Server, desk: Desk | None = None, first: str = "figures", **params: str):
    cookies = desk.cookie if desk else {}
    request = httpx.Request("GET", f"{server.url}/live/wall", params=params, cookies=cookies)
    return held_open(request, first)


def link_of(desk: Desk) -> tuple[services.BoardLink, str]:
    with scope(desk.workspace.id):
        return services.make_board_link(desk.membership, "Hall")


def waiting(told: dict) -> str:
    return told["html"].partition('data-figure="waiting">')[2].partition("<")[0]


def test_a_board_is_told_the_figures_as_they_change(server: Server) -> None:
    desk = new_desk("Northwind")
    with board(server, desk) as screen:
        assert waiting(screen.named("figures")[0]) == "0"
        arrive(desk, "Where is my secret bag?")
        # A case that a factory makes has no clocks: nobody waits by the promises' reckoning, but it
        # has nobody, and that is shown.
        screen.until(lambda: "No team yet" in screen.named("figures")[-1]["html"])
    assert "secret" not in str(screen.told)


def test_a_link_watches_without_a_session_and_ends_at_once_when_it_is_ended(server: Server) -> None:
    desk = new_desk("Northwind")
    link, token = link_of(desk)
    with board(server, board=token) as screen:
        assert "figures" in screen.told[0].name
        with scope(desk.workspace.id):
            services.end_board_link(desk.membership, link.id)
        server.call(app.state.walls.recheck())
        screen.until(lambda: screen.is_closed)
    assert screen.told[-1].name == "over"
    assert screen.told[-1].data == {"why": "ended"}
    with board(server, first="over", board=token) as again:
        again.until(lambda: again.is_closed)
    assert [one.data for one in again.told] == [{"why": "ended"}]


def test_a_link_shows_its_own_workspace_whoever_is_signed_in(server: Server) -> None:
    ours, theirs = new_desk("Northwind"), new_desk("Contoso")
    _link, token = link_of(ours)
    arrive(theirs)
    with board(server, theirs, board=token) as screen:
        assert "No team yet" not in screen.named("figures")[0]["html"]


@pytest.mark.parametrize("loss", ["session", "membership"])
def test_who_is_signed_out_is_told_so(server: Server, loss: str) -> None:
    desk = new_desk("Northwind")
    with board(server, desk) as screen:
        if loss == "session":
            Session.objects.all().delete()
        else:
            Membership.objects.filter(user=desk.user).delete()
        server.call(app.state.walls.recheck())
        screen.until(lambda: screen.is_closed)
    assert screen.told[-1].data == {"why": "signed_out"}


def test_a_stranger_is_told_nothing(server: Server) -> None:
    with board(server, first="over") as screen:
        screen.until(lambda: screen.is_closed)
    assert [(one.name, one.data) for one in screen.told] == [("over", {"why": "signed_out"})]


def test_many_boards_of_a_workspace_are_counted_and_drawn_once(server: Server, monkeypatch) -> None:
    desk = new_desk("Northwind")
    counted = []
    real = figures.wall_figures
    monkeypatch.setattr(
        "hearwell.reports.wall.shared.wall_figures", lambda *a: counted.append(1) or real(*a)
    )
    monkeypatch.setattr(walls, "COUNTED_EVERY_S", 30.0)
    monkeypatch.setattr("hearwell.reports.wall.shared.COUNTED_EVERY_S", 30.0)
    with board(server, desk) as first:
        feed = app.state.walls._feeds[desk.workspace.id]
        with board(server, desk) as second:
            assert app.state.walls._feeds[desk.workspace.id] is feed
            assert second.named("figures")
        assert first.named("figures")
    assert len(counted) == 1


def test_too_many_openings_from_one_address_are_refused(server: Server, monkeypatch) -> None:
    monkeypatch.setattr(walls, "OPENINGS", Buckets(burst=1, per_s=0.01))
    httpx.get(f"{server.url}/live/wall")
    answer = httpx.get(f"{server.url}/live/wall")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_slow_board_piles_nothing_up(server: Server) -> None:
    async def pile() -> list[bytes]:
        slow = walls.Board(new_id, "en", "token")
        for n in range(1000):
            slow.show(f"event: figures\ndata: {n}\n\n".encode())
        line = await anext(slow.lines())
        return [line]

    new_id = new_desk("Northwind").workspace.id
    assert server.call(pile()) == [b"event: figures\ndata: 999\n\n"]


@pytest.mark.parametrize("trouble", [walls.Error, KeyError])
def test_trouble_keeps_the_board_and_its_old_figures(server: Server, monkeypatch, trouble) -> None:
    desk, draw, failed = new_desk("Northwind"), walls.draw, []

    def away(*arguments: object) -> object:
        if len(failed) == 3:
            return draw(*arguments)
        failed.append(len(screen.told))
        raise trouble

    with board(server, desk) as screen:
        monkeypatch.setattr(walls, "draw", away)
        screen.until(lambda: len(failed) == 3 and len(screen.told) > failed[-1])
        assert not screen.is_closed


def test_a_server_that_stops_ends_the_streams_without_a_last_word(server: Server) -> None:
    desk = new_desk("Northwind")
    with board(server, desk) as screen:
        end_streams()
        screen.until(lambda: screen.is_closed)
    assert not screen.named("over")
    app.state.walls._is_closing = False
