"""Filters as chips in the address, and the views that people save."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hearwell.conversations import services
from hearwell.conversations.models import SavedView
from hearwell.conversations.viewing import views_of
from tests.factories import make_case, make_channel
from tests.web.test_list import rows

LISTED = "queue=needs&network=sandbox&kind=question"


@pytest.fixture
def channel(workspace):
    return make_channel()


def save(client, **values):
    return client.post("/inbox/views/save/", {"name": "Mine", "list": LISTED, **values})


def test_filters_are_chips_that_come_off(owner, channel):
    case = make_case("a", channel)
    make_case("b", make_channel("mail"))

    page = owner.get("/inbox/q/all/?network=sandbox&waited=&turn=ours")

    assert rows(page) == [str(case.id)]
    html = page.content.decode()
    assert "Network: Harbour" in html
    assert "Turn: Our turn" in html
    assert 'href="/inbox/q/all/?turn=ours"' in html


def test_what_a_search_found_is_marked(owner, channel):
    make_case("Hello. My <b>cello</b> is lost", channel)
    html = owner.get("/inbox/?q=cello").content.decode()
    assert '&lt;b&gt;<mark class="hit">cello</mark>&lt;/b&gt;' in html


def test_a_view_is_saved_and_opened(agent, bob, channel):
    case = make_case("Where is my bag?", channel)
    make_case("b", make_channel("mail"))

    address = save(agent).url

    page = agent.get(address)
    assert rows(page) == [str(case.id)]
    html = page.content.decode()
    assert '<h2 class="trunc"><bdi>Mine</bdi></h2>' in html
    assert re.search(r'aria-current="true">\s*<svg.*?</svg>\s*<span class="t">Mine', html)
    view = SavedView.objects.get()
    assert re.search(rf'data-count="view:{view.id}">1<', html)
    assert agent.get("/inbox/views/counts/").json() == {"counts": {f"view:{view.id}": 1}}
    assert view.owner_id == bob.id
    found = agent.get("/inbox/palette/?q=min").json()["hits"]
    assert [hit["title"] for hit in found] == ["Mine"]


def test_only_leads_share(agent, owner, workspace, bob):
    assert save(agent, shared="1").status_code == 403
    save(owner, shared="1", name="For all")
    (view,) = views_of(workspace.id, bob.id)
    assert view.is_shared
    for act in ("rename", "up", "delete", "renew"):
        answer = agent.post(f"/inbox/views/{view.id}/", {"act": act, "shared": "1", "name": "x"})
        assert answer.status_code == 403
        assert (
            agent.post(f"/inbox/views/{view.id}/", {"act": act, "list": LISTED}).status_code == 404
        )


def test_a_view_is_renamed_changed_deleted_and_taken_back(agent, workspace, bob):
    save(agent)
    (view,) = views_of(workspace.id, bob.id)
    address = f"/inbox/views/{view.id}/"

    agent.post(address, {"act": "rename", "name": "Better"})
    agent.post(address, {"act": "renew", "list": "queue=all&tag=bag"})
    (view,) = views_of(workspace.id, bob.id)
    assert (view.name, view.params) == ("Better", {"queue": "all", "tag": "bag"})

    agent.post(address, {"act": "delete"})
    html = agent.get("/inbox/views/").content.decode()
    assert "Take back" in html
    agent.post(address, {"act": "restore"})
    assert [one.name for one in views_of(workspace.id, bob.id)] == ["Better"]
    assert agent.post(address, {"act": "explode"}).status_code == 404
    assert agent.post(address, {"act": "rename", "name": " "}, follow=True).status_code == 200


def test_a_view_that_names_something_gone_says_so(agent, bob, channel):
    query = f"queue=needs&team={uuid4()}&tag=nowhere&network=sandbox"
    html = agent.get(save(agent, list=query).url).content.decode()
    assert "This list asks for something that is gone: Team, Label." in html
    assert "Change or delete the view" in html


def test_a_view_keeps_nothing_that_is_no_filter(agent, workspace, bob):
    save(agent, list="queue=all&kind=question&evil=1&view=x")
    (view,) = views_of(workspace.id, bob.id)
    assert view.params == {"queue": "all", "kind": "question"}
    assert save(agent, list="queue=nowhere").status_code == 404


def test_the_list_keeps_its_budget_with_views_and_a_search(owner, alice, channel, budget):
    for n in range(5):
        make_case(f"bag {n}", channel)
        services.save_view(f"View {n}", {"queue": "all"}, alice, is_shared=bool(n % 2))
    address = "/inbox/q/all/?q=bag&network=sandbox&turn=ours"
    owner.get(address)
    with budget(12):
        assert len(rows(owner.get(address))) == 5
    with budget(12):
        owner.get("/inbox/")
    with budget(12):
        owner.get("/inbox/views/")
