"""The list: who waits, the one due first at the top, and every state in the address."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from hearwell.conversations.models import Case
from hearwell.inbox import acts
from hearwell.kit.clock import now
from tests.factories import DUARTE, make_case, make_channel, make_dm, make_item, receive
from tests.web.conftest import HTMX

ROWS = re.compile(r'data-case="([^"]+)"')


def rows(response) -> list[str]:
    return ROWS.findall(response.content.decode())


@pytest.fixture
def channel(workspace):
    return make_channel()


def due(case: Case, minutes: float) -> Case:
    Case.objects.filter(id=case.id).update(due_at=now() + timedelta(minutes=minutes))
    return case


def test_the_case_due_first_comes_first(owner, channel):
    later, first = due(make_case("a", channel), 60), due(make_case("b", channel), 5)
    assert rows(owner.get("/inbox/")) == [str(first.id), str(later.id)]


def test_a_row_says_who_where_how_and_how_long(owner, channel):
    due(make_case("Where is my bag?", channel), -14)
    page = owner.get("/inbox/").content.decode()
    for words in ("Lena Vik", "Where is my bag?", "14 min late", "Public", "Harbour", "Question"):
        assert words in page


def test_a_page_is_a_page_and_a_part_is_a_part(owner, channel):
    make_case("a", channel)
    page, part = owner.get("/inbox/"), owner.get("/inbox/", headers=HTMX)
    assert "<html" in page.content.decode()
    assert "<html" not in part.content.decode()
    assert rows(page) == rows(part)
    assert "HX-Request-Type" in part["Vary"]
    assert part["Cache-Control"] == "no-store"


def test_a_page_restored_from_history_comes_whole(owner, channel):
    headers = {"HX-Request": "true", "HX-Request-Type": "full"}
    assert "<html" in owner.get("/inbox/", headers=headers).content.decode()


def test_keyset_pages_show_every_case_once(owner, channel, monkeypatch):
    monkeypatch.setattr("hearwell.web.agent.inbox.views.PAGE", 2)
    made = {str(due(make_case(f"case {n}", channel), n).id) for n in range(5)}
    seen, url = [], "/inbox/"
    while url:
        response = owner.get(url, headers=HTMX if seen else {})
        seen += rows(response)
        found = re.search(r'href="([^"]*after=[^"]*)"', response.content.decode())
        url = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 5
    assert set(seen) == made


def test_queues_hold_what_they_say(owner, alice, alices, channel):
    mine, other = make_case("mine", channel), make_case("other", channel)
    acts.claim_case(mine.id, alices)
    praise = make_case("Thank you, wonderful crew!", channel)
    closed = make_case("done", channel)
    acts.close_case(closed.id, "no_answer_needed", alices)
    assert rows(owner.get("/inbox/q/mine/")) == [str(mine.id)]
    assert str(other.id) in rows(owner.get("/inbox/q/unassigned/"))
    assert str(mine.id) not in rows(owner.get("/inbox/q/unassigned/"))
    assert rows(owner.get("/inbox/q/praise/")) == [str(praise.id)]
    assert rows(owner.get("/inbox/q/closed/")) == [str(closed.id)]


def test_counts_stand_beside_the_queues(owner, channel):
    make_case("a", channel)
    make_case("b", channel)
    page = owner.get("/inbox/").content.decode()
    assert re.search(r'data-count="needs"[^>]*>2<', page)
    assert re.search(rf'data-count="channel:{channel.id}"[^>]*>2<', page)


def test_filters_narrow_the_list_and_are_shown(owner, channel):
    public = make_case("public", channel)
    (message,) = receive(channel, [make_dm("private", author=DUARTE)])
    page = owner.get("/inbox/q/needs/?audience=private")
    assert rows(page) == [str(message.case_id)]
    assert "remove filter" in page.content.decode()
    assert str(public.id) in rows(owner.get("/inbox/q/needs/?audience=public"))


@pytest.mark.parametrize(
    "query", ["channel=x", "assignee=nobody", "kind=%00", "after=~", "q=%00%00", "new=x,y"]
)
def test_a_query_that_makes_no_sense_breaks_nothing(owner, channel, query):
    make_case("a", channel)
    assert owner.get(f"/inbox/q/needs/?{query}").status_code == 200


def test_search_finds_words_anywhere(owner, channel, alices):
    found = make_case("My cello is in Bergen", channel)
    make_case("nothing of the kind", channel)
    acts.close_case(found.id, "no_answer_needed", alices)
    assert rows(owner.get("/inbox/q/needs/?q=cello")) == [str(found.id)]


def test_new_cases_due_after_the_page_come_first_under_a_heading(owner, channel, monkeypatch):
    monkeypatch.setattr("hearwell.web.agent.inbox.views.PAGE", 1)
    first, new = due(make_case("a", channel), 1), due(make_case("b", channel), 60)
    part = owner.get(f"/inbox/q/needs/?new={new.id},{first.id}", headers=HTMX)
    assert rows(part) == [str(new.id), str(first.id)]
    assert "New, due later" in part.content.decode()


def test_an_empty_queue_says_what_is_next(owner, channel):
    assert "All answered" in owner.get("/inbox/").content.decode()


def test_a_house_without_channels_points_to_the_first_steps(owner):
    assert "First steps" in owner.get("/inbox/").content.decode()


def test_an_unknown_queue_is_not_found(owner):
    assert owner.get("/inbox/q/nonsense/").status_code == 404


def test_text_of_customers_is_text(owner, channel):
    make_case('<script>alert("x")</script><b style="x">', channel)
    page = owner.get("/inbox/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_cases_of_other_workspaces_are_not_there(signed_in, other_workspace, channel):
    make_case("ours", channel)
    from tests.characters import _member

    stranger = signed_in(_member(other_workspace, "Eve Ek", "owner", "EE"))
    assert rows(stranger.get("/inbox/")) == []


def test_the_list_keeps_its_budget(owner, channel, budget):
    receive(channel, [make_item(f"case {n}") for n in range(30)])
    owner.get("/inbox/")
    with budget(12):
        owner.get("/inbox/")


def test_the_queues_have_a_page_of_their_own(owner, channel):
    make_case("a", channel)
    page = owner.get("/inbox/queues/").content.decode()
    assert "Needs answer" in page
    assert "Unassigned" in page
