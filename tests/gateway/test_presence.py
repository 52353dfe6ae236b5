"""Who is at which case: shown, ended, and only to those who may know."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from hearwell.gateway import presence
from tests.gateway.conftest import Server
from tests.gateway.watching import new_desk, say, watching

pytestmark = pytest.mark.django_db(transaction=True)


def test_presence_is_shown_to_colleagues_and_ends(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, case_id = new_desk("Northwind"), uuid4()
    with watching(server, desk) as screen:
        assert say(server, desk, case_id, "reading") == 204
        screen.until(lambda: screen.named("presence"))
        assert say(server, desk, case_id, "reading") == 204  # nothing new: nobody is told
        assert say(server, desk, case_id, "writing") == 204
        screen.until(lambda: len(screen.named("presence")) == 2)
        with watching(server, desk) as late:
            late.until(lambda: late.named("presence"))
        assert say(server, desk, case_id, "gone") == 204
        screen.until(lambda: len(screen.named("presence")) == 3)

    doings = [[p["doing"] for p in event["people"]] for event in screen.named("presence")]
    assert doings == [["reading"], ["writing"], []]
    assert screen.named("presence")[0]["people"][0]["name"] == "Northwind"


def test_presence_expires_by_itself(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "EXPIRES_AFTER_S", 0.2)
    desk = new_desk("Northwind")
    with watching(server, desk) as screen:
        say(server, desk, uuid4(), "writing")
        screen.until(lambda: len(screen.named("presence")) == 2)

    assert screen.named("presence")[-1]["people"] == []


def test_presence_takes_only_its_own_shape_from_its_own_pages(server: Server) -> None:
    desk = new_desk("Northwind")
    url, cookies = f"{server.url}/live/presence", desk.cookie
    json_type = {"content-type": "application/json"}
    for body in (b"", b"[]", b"{", b'{"case": "x", "doing": "reading"}', b"x" * 5000):
        answer = httpx.post(url, content=body, cookies=cookies, headers=json_type)
        assert answer.status_code == 400
    assert say(server, desk, uuid4(), "dancing") == 400
    assert say(server, desk, uuid4(), "reading", origin="https://evil.example") == 403
    assert say(server, desk, uuid4(), "reading", **{"sec-fetch-site": "cross-site"}) == 403
    assert httpx.post(url, data={"case": "x"}, cookies=cookies).status_code == 403
    assert httpx.post(url, json={"case": str(uuid4()), "doing": "reading"}).status_code == 401
