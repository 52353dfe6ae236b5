"""Articles, saved replies and macros, as programs see and run them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import Membership
from hearwell.conversations.models import Case, CaseTag
from hearwell.kit.scope import scope
from hearwell.knowledge import services
from hearwell.knowledge.models import Use
from hearwell.knowledge.services import MacroFacts, Words
from tests.factories import make_case, make_channel

CEILING, ACT_CEILING = 16, 45
REPLY = "Hi {customer.first_name|there}, we trace {case.number}. {agent.initials}"


def published(workspace, by, reader, title="Delayed bags", language="en", reply=REPLY):
    words = Words(language, title, "We trace it.", reply)
    version = services.begin_article(workspace.id, words, by=by, is_public=True)
    return services.approve(version.id, by=reader)


@pytest.fixture
def case(workspace, frozen):
    return make_case("Where is my delayed bag? I wait", make_channel())


@pytest.fixture
def version(workspace, alice, bob):
    return published(workspace, bob, alice)


@pytest.fixture
def macro(workspace, alice):
    def save(name="M", **facts):
        return services.save_macro(workspace.id, MacroFacts(name, **facts), by=alice)

    return save


class TestArticles:
    def test_they_are_searched_and_read(self, program, version, workspace, alice, bob):
        published(workspace, bob, alice, "Refunds", reply="")
        services.begin_article(workspace.id, Words("en", "Secret", "Draft bags"), by=bob)
        titles = [one["title"] for one in program.get("/articles").json()["items"]]
        assert titles == ["Refunds", "Delayed bags"]
        (found,) = program.get("/articles?q=bags").json()["items"]
        assert (found["version_id"], found["reply"]) == (str(version.id), REPLY)
        assert program.get("/articles?q=bags&language=de").json()["items"] == []
        told = program.get(f"/articles/{found['article_id']}").json()
        assert (told["name"], told["is_public"]) == ("Delayed bags", True)
        assert [text["language"] for text in told["texts"]] == ["en"]

    def test_pages_cover_everything_once(self, program, workspace, alice, bob, frozen):
        for n in range(5):
            published(workspace, bob, alice, f"Article {n}")
        seen, path = [], "/articles?limit=2"
        while path:
            page = program.get(path).json()
            seen += [one["title"] for one in page["items"]]
            after = page["next_cursor"]
            path = f"/articles?limit=2&cursor={after}" if after else None
        assert sorted(seen) == [f"Article {n}" for n in range(5)]
        assert program.get("/articles?cursor=nonsense").status_code == 422

    def test_what_is_taken_out_is_absent(self, program, version, alice):
        services.retire(version.article_id, by=alice)
        assert program.get("/articles").json()["items"] == []
        assert program.get(f"/articles/{version.article_id}").status_code == 404


class TestReplies:
    def test_they_come_filled_and_those_that_suit_first(self, program, case, version):
        (offer,) = program.get(f"/cases/{case.id}/saved-replies").json()
        assert (offer["suits"], offer["version_id"]) == (True, str(version.id))
        assert case.label in offer["text"]
        assert "{" not in offer["text"]
        assert program.get(f"/cases/{case.id}/saved-replies?q=zzz").json() == []

    def test_their_use_is_counted(self, program, case, version, bob):
        path = f"/cases/{case.id}/saved-replies/{version.id}/used"
        assert program.post(path).status_code == 204
        assert Use.objects.get().user_id == bob.id
        absent = f"/cases/{case.id}/saved-replies/{uuid4()}/used"
        assert program.post(absent).status_code == 404


class TestMacros:
    def test_its_reply_comes_back_and_it_is_finished_afterwards(
        self, program, case, version, macro, bob
    ):
        made = macro(
            article_id=version.article_id,
            tags=["storm"],
            assign="me",
            close_reason="no_answer_needed",
        )
        (listed,) = program.get("/macros").json()
        assert (listed["id"], listed["tags"]) == (str(made.id), ["storm"])
        answer = program.post(f"/cases/{case.id}/macros/{made.id}")
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert (told["is_done"], told["case"]["assignee_id"]) == (False, str(bob.id))
        assert case.label in told["reply"]["text"]
        assert told["case"]["status"] == "open"
        assert Use.objects.count() == 1
        done = program.post(f"/cases/{case.id}/macros/{made.id}/finish").json()
        assert done["closed_reason"] == "no_answer_needed"

    def test_without_a_reply_it_is_done_at_once_and_once_for_a_key(self, program, case, macro):
        made = macro(tags=["storm"], snooze="tomorrow")
        path, key = f"/cases/{case.id}/macros/{made.id}", {"idempotency-key": "m1"}
        first, again = (program.post(path, **key) for _ in range(2))
        assert first.json()["is_done"] is True
        assert (first.json()["case"]["status"], first.json()["reply"]) == ("snoozed", None)
        assert first.content == again.content

    def test_all_or_nothing(self, program, owners_program, case, macro):
        owners_program.post(f"/cases/{case.id}/claim")
        made = macro(tags=["storm"], assign="me")
        stopped = program.post(f"/cases/{case.id}/macros/{made.id}")
        assert (stopped.status_code, stopped.json()["code"]) == (409, "taken")
        assert not CaseTag.objects.exists()
        solving = macro("S", tags=["storm"], close_reason="solved")
        stopped = program.post(f"/cases/{case.id}/macros/{solving.id}")
        assert (stopped.status_code, stopped.json()["code"]) == (422, "cannot_do")
        Case.objects.filter(id=case.id).update(status="closed")
        sleeping = macro("Z", tags=["storm"], snooze="1h")
        stopped = program.post(f"/cases/{case.id}/macros/{sleeping.id}")
        assert (stopped.status_code, stopped.json()["code"]) == (409, "conflict")
        assert not CaseTag.objects.exists()


def test_foreign_is_absent(program, case, version, macro, other_workspace, charlie):
    made = macro(tags=["x"])
    with scope(other_workspace.id):
        theirs = services.save_macro(other_workspace.id, MacroFacts("T", tags=["x"]), by=charlie)
        foreign = make_case("secret", make_channel())
        article = published(other_workspace, charlie, charlie, "Theirs")
    for pairs in (
        [("GET", f"/articles/{key}") for key in (article.article_id, uuid4())],
        [("GET", f"/cases/{key}/saved-replies") for key in (foreign.id, uuid4())],
        [("POST", f"/cases/{key}/macros/{made.id}") for key in (foreign.id, uuid4())],
        [("POST", f"/cases/{key}/macros/{made.id}/finish") for key in (foreign.id, uuid4())],
        [("POST", f"/cases/{case.id}/macros/{key}") for key in (theirs.id, uuid4())],
        [("POST", f"/cases/{case.id}/saved-replies/{key}/used") for key in (article.id, uuid4())],
    ):
        answers = [program(method, path) for method, path in pairs]
        assert {answer.status_code for answer in answers} == {404}, pairs
        assert len({answer.content for answer in answers}) == 1
    assert [one["title"] for one in program.get("/articles").json()["items"]] == ["Delayed bags"]
    assert len(program.get("/macros").json()) == 1


def test_a_viewer_is_refused(program, case, bob):
    Membership.objects.filter(user=bob).update(role="viewer")
    for path in ("/articles", "/macros", f"/cases/{case.id}/saved-replies"):
        assert program.get(path).status_code == 403


def test_it_stays_under_its_ceiling(program, case, version, macro, workspace, alice, bob):
    made = macro(article_id=version.article_id, tags=["a", "b"], snooze="1h")
    for n in range(10):
        published(workspace, bob, alice, f"Delayed bag {n}")
    program.get("/me")
    for method, path, ceiling in (
        ("GET", "/articles?q=bag", CEILING),
        ("GET", f"/articles/{version.article_id}", CEILING),
        ("GET", f"/cases/{case.id}/saved-replies", CEILING),
        ("GET", "/macros", CEILING),
        ("POST", f"/cases/{case.id}/macros/{made.id}", ACT_CEILING),
        ("POST", f"/cases/{case.id}/macros/{made.id}/finish", ACT_CEILING),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert program(method, path).status_code == 200
        assert len(queries) <= ceiling, (path, len(queries))
