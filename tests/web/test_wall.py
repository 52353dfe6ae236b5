"""The wallboard and its links: who may open it, what it shows, how a link is made and ended."""

from __future__ import annotations

import base64
import re

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.kit.buckets import Buckets
from hearwell.reports import services
from hearwell.reports.models import BoardLink
from hearwell.reports.services import boards
from hearwell.reports.wall.shared import SHARED
from hearwell.sla.services.promises import ensure_defaults
from hearwell.web.agent.wall import views
from tests.factories import make_case, make_channel


@pytest.fixture(autouse=True)
def afresh(monkeypatch):
    SHARED.forget()
    monkeypatch.setattr(views, "LOADS", Buckets(burst=60, per_s=0.2))


def made(owner, name: str = "Hall, ground floor") -> str:
    page = owner.post("/wallboard/screens/", {"name": name})
    assert page["Referrer-Policy"] == "no-referrer"
    return re.search(r"(/wallboard/b/[\w-]+/)", page.content.decode())[1]


@pytest.mark.parametrize("who", ["owner", "agent", "viewer"])
def test_every_member_opens_the_board_within_its_budget(request, workspace, who, budget):
    ensure_defaults(workspace)
    for n in range(3):
        make_case("Where is my secret bag?", make_channel("sandbox", f"Handle{n}"))
    client = request.getfixturevalue(who)
    client.get("/wallboard/")
    SHARED.forget()
    with budget(22):  # once in five seconds, however many boards there are
        page = client.get("/wallboard/")
    with budget(5):
        page = client.get("/wallboard/")
    text = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert 'data-figure="waiting"' in text
    assert "secret bag" not in text
    assert "Lena" not in text


def test_a_stranger_sees_no_board(client, workspace):
    assert client.get("/wallboard/").status_code == 302


def test_only_an_owner_makes_and_ends_links(agent, owner, alice):
    assert agent.get("/wallboard/screens/").status_code == 403
    assert agent.post("/wallboard/screens/", {"name": "Hall"}).status_code == 403
    made(owner)
    link = BoardLink.objects.get()
    assert agent.post(f"/wallboard/screens/{link.id}/end/").status_code == 403
    assert owner.post(f"/wallboard/screens/{link.id}/end/").status_code == 302
    assert owner.post(f"/wallboard/screens/{link.id}/end/").status_code == 404
    acts = AuditRow.objects.order_by("at").values_list("action", "summary")
    assert list(acts) == [
        ("board.link_made", "Hall, ground floor"),
        ("board.link_ended", "Hall, ground floor"),
    ]


def test_a_link_shows_the_board_to_who_is_not_signed_in(owner, client, workspace):
    address = made(owner)
    page = client.get(address + "?theme=dark")
    text = page.content.decode()
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert 'data-theme="dark"' in text
    assert "Northwind Air" in text
    assert "/wallboard/screens/" not in text
    assert client.get("/inbox/").status_code == 302, "it opens nothing else"
    assert BoardLink.objects.get().last_seen_at is not None


def test_the_secret_is_shown_once_and_kept_as_a_hash(owner):
    token = made(owner).split("/")[3]
    assert token not in owner.get("/wallboard/screens/").content.decode()
    link = BoardLink.objects.get()
    assert token.encode() not in bytes(link.digest)
    assert len(bytes(link.digest)) == 32


def test_an_ended_link_opens_nothing(owner, client):
    address = made(owner)
    owner.post(f"/wallboard/screens/{BoardLink.objects.get().id}/end/")
    page = client.get(address)
    assert page.status_code == 410
    assert "data-figure" not in page.content.decode()


@pytest.mark.parametrize("token", ["x", "A" * 54, "!!", "é" * 20, "A" * 5000])
def test_a_made_up_link_opens_nothing(client, workspace, token):
    assert client.get(f"/wallboard/b/{token}/").status_code == 410


def test_a_link_of_one_workspace_cannot_be_turned_to_another(owner, client, other_workspace):
    token = made(owner).split("/")[3]
    forged = base64.urlsafe_b64decode(token + "==")
    forged = base64.urlsafe_b64encode(other_workspace.id.bytes + forged[16:])
    assert client.get(f"/wallboard/b/{forged.rstrip(b'=').decode()}/").status_code == 410


def test_who_guesses_is_slowed_down(client, workspace, monkeypatch):
    monkeypatch.setattr(views, "LOADS", Buckets(burst=2, per_s=0.01))
    seen = [client.get("/wallboard/b/guess/").status_code for _ in range(3)]
    assert seen == [410, 410, 429]


def test_a_link_needs_a_place_and_there_are_not_too_many(owner, monkeypatch):
    assert owner.post("/wallboard/screens/", {"name": "  "}).status_code == 422
    for module in (services, boards):
        monkeypatch.setattr(module, "MOST_LINKS", 1)
    made(owner)
    page = owner.post("/wallboard/screens/", {"name": "Another"})
    assert page.status_code == 422
    assert "1 links already" in page.content.decode()
