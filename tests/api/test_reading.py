"""Reading through the API: shapes, pages, and what a stranger sees."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import ApiToken, Membership
from hearwell.accounts.services import revoke_api_token
from hearwell.api.limits import FAILURES, REQUESTS
from hearwell.conversations.models import Case
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from tests.exchange import Exchange, minutes

CEILING = 14
"""Statements for one call, those that begin and end its transaction included."""


@pytest.fixture
def case(exchange):
    message = exchange.ask(text="where is my bag?", by="lena")
    return Case.objects.get(id=message.case_id)


INSIDES = "what nobody outside should read"


def keys(response):
    return [item["id"] for item in response.json()["items"]]


class TestToken:
    def test_it_says_whom_it_stands_for(self, program, workspace, bob):
        told = program.get("/me").json()
        assert (told["workspace"], told["name"], told["role"], told["initials"]) == (
            "Northwind Air",
            "Bob Brown",
            "agent",
            "BB",
        )

    @pytest.mark.parametrize(
        "header", [{}, {"authorization": "Bearer hw_wrong"}, {"authorization": "Basic x"}]
    )
    def test_without_a_good_one_nothing_is_told(self, header, workspace):
        answer = Client().get("/api/v1/cases", headers=header)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "unauthorized"

    def test_a_session_is_no_token(self, alice):
        browser = Client()
        browser.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert browser.get("/api/v1/cases").status_code == 401

    def test_a_revoked_one_is_none(self, program):
        revoke_api_token(ApiToken.objects.get())
        assert program.get("/me").status_code == 401

    def test_it_is_stored_as_a_hash_only(self, program):
        token = ApiToken.objects.get()
        assert program.token.encode() not in bytes(token.digest)
        assert not any(program.token in str(value) for value in vars(token).values())

    def test_who_asks_too_often_waits(self, program, monkeypatch):
        monkeypatch.setattr(REQUESTS, "clock", lambda: 0.0)
        assert {program.get("/me").status_code for _ in range(REQUESTS.burst)} == {200}
        refused = program.get("/me")
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) >= 1
        assert refused.json()["code"] == "too_many_requests"

    def test_who_guesses_tokens_waits_too(self, workspace, monkeypatch):
        monkeypatch.setattr(FAILURES, "clock", lambda: 0.0)
        guesses = [
            Client().get("/api/v1/me", headers={"authorization": f"Bearer hw_{n}"}).status_code
            for n in range(25)
        ]
        assert guesses[:20] == [401] * 20
        assert guesses[20:] == [429] * 5


class TestList:
    def test_a_case_as_programs_see_it(self, program, case):
        (item,) = program.get("/cases?queue=needs").json()["items"]
        assert item["id"] == str(case.id)
        assert (item["label"], item["turn"], item["contact_name"]) == ("HW-1001", "ours", "Lena")
        assert item["due_at"] == case.due_at.isoformat().replace("+00:00", "Z")

    def test_pages_cover_everything_once(self, program, exchange):
        exchange.take([exchange.item(f"t{n}", at=now() - minutes(n)) for n in range(7)])
        seen, path = [], "/cases?limit=3"
        while True:
            page = program.get(path)
            seen += keys(page)
            if page.json()["next_cursor"] is None:
                break
            path = f"/cases?limit=3&cursor={page.json()['next_cursor']}"
        assert len(seen) == len(set(seen)) == 7
        newest_first = Case.objects.order_by("-last_message_at").values_list("id", flat=True)
        assert seen == [str(key) for key in newest_first]

    def test_filters(self, program, exchange, case, bob):
        other = exchange.ask("t2")
        Case.objects.filter(id=other.case_id).update(assignee_id=bob.id)
        assert keys(program.get("/cases?assignee=me")) == [str(other.case_id)]
        assert keys(program.get("/cases?assignee=none")) == [str(case.id)]
        assert keys(program.get(f"/cases?assignee={bob.id}")) == [str(other.case_id)]
        assert keys(program.get("/cases?q=bag")) == [str(case.id)]
        assert keys(program.get("/cases?audience=private")) == []
        assert keys(program.get("/cases?queue=closed")) == []

    @pytest.mark.parametrize(
        "query",
        [
            "queue=everything",
            "limit=0",
            "limit=101",
            "assignee=bob",
            "channel_id=7",
            "cursor=nonsense",
            "cursor=bm90LWEtY3Vyc29y",
            "cursor=" + "x" * 201,
        ],
    )
    def test_what_makes_no_sense_is_refused(self, program, query):
        answer = program.get(f"/cases?{query}")
        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"

    def test_a_zero_byte_in_a_search_is_no_error(self, program, case):
        assert program.get("/cases?q=%00").status_code == 200


class TestDetail:
    def test_it_has_threads_clocks_claim_and_messages(self, program, case, exchange, bob):
        from hearwell.routing.services import claim

        claim(case.id, bob)
        told = program.get(f"/cases/{case.id}").json()
        assert told["label"] == "HW-1001"
        assert [clock["kind"] for clock in told["clocks"]] == ["answer", "first_reply"]
        assert told["clocks"][1]["target_s"] == 3600
        assert told["claim"]["name"] == "Bob Brown"
        assert [thread["network"] for thread in told["conversations"]] == ["wire"]
        (message,) = told["messages"]["items"]
        assert (message["text"], message["direction"]) == ("where is my bag?", "in")
        assert told["messages"]["earlier_cursor"] is None

    def test_messages_go_back_page_by_page(self, program, case, exchange):
        for number in range(1, 5):
            exchange.ask(at=now() + minutes(number), text=f"more {number}")
        path, seen = f"/cases/{case.id}/messages?limit=2", []
        while path:
            page = program.get(path).json()
            seen = [item["text"] for item in page["items"]] + seen
            cursor = page["earlier_cursor"]
            path = f"/cases/{case.id}/messages?limit=2&cursor={cursor}" if cursor else None
        assert seen == ["where is my bag?", "more 1", "more 2", "more 3", "more 4"]

    def test_channels(self, program, exchange):
        (channel,) = program.get("/channels").json()
        assert (channel["network"], channel["brand"]) == ("wire", "Northwind Air")


class TestOthers:
    """A foreign id answers byte for byte like an absent one."""

    PATHS = (
        ("GET", "/cases/{}", None),
        ("GET", "/cases/{}/messages", None),
        ("POST", "/cases/{}/notes", {"text": "x"}),
        ("POST", "/cases/{}/claim", None),
        ("DELETE", "/cases/{}/claim", None),
        ("PUT", "/cases/{}/assignee", {"user_id": None}),
        ("POST", "/cases/{}/close", {"reason": "solved"}),
        ("POST", "/cases/{}/reopen", None),
        ("POST", "/cases/{}/replies", {"text": "x", "audience": "public", "seen_version": 1}),
        ("GET", "/deliveries/{}", None),
    )

    @pytest.mark.parametrize(("method", "path", "body"), PATHS)
    def test_foreign_is_absent(self, program, exchange, other_workspace, method, path, body):
        with scope(other_workspace.id):
            foreign = Exchange(other_workspace.id).ask().case_id
        answers = [
            program(method, path.format(key), body, **{"idempotency-key": str(uuid4())})
            for key in (foreign, uuid4())
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
        with scope(other_workspace.id):
            assert Case.objects.get(id=foreign).status == "open"

    def test_lists_show_nothing_of_others(self, program, exchange, other_workspace):
        with scope(other_workspace.id):
            Exchange(other_workspace.id).ask(text="a secret")
        assert keys(program.get("/cases")) == []
        assert keys(program.get("/cases?q=secret")) == []
        assert program.get("/channels").json()[0]["handle"] == "northwind"


class TestCost:
    @pytest.mark.parametrize(
        "path",
        [
            "/me",
            "/channels",
            "/cases",
            "/cases?q=bag",
            "/cases/{}",
            "/cases/{}/messages",
            "/health",
        ],
    )
    def test_reads_stay_under_their_ceiling(self, program, case, path):
        program.get("/me")  # the token's last use is noted once a minute
        with CaptureQueriesContext(connection) as queries:
            assert program.get(path.format(case.id)).status_code == 200
        assert len(queries) <= CEILING, [query["sql"][:90] for query in queries]

    def test_a_longer_list_costs_no_more_statements(self, program, exchange):
        def cost():
            with CaptureQueriesContext(connection) as queries:
                program.get("/cases")
            return len(queries)

        exchange.ask("first")
        program.get("/cases")
        few = cost()
        exchange.take([exchange.item(f"t{n}") for n in range(40)])
        assert cost() == few


def test_health_needs_no_token(db):
    answer = Client().get("/api/v1/health")
    assert answer.json()["status"] == "ok"


def test_a_viewer_reads_and_does_not_write(workspace, exchange, alice):
    from tests.api.conftest import program_of

    Membership.objects.filter(user=alice).update(role="viewer")
    program, message = program_of(workspace, alice), exchange.ask()
    assert program.get(f"/cases/{message.case_id}").status_code == 200
    refused = program.post(f"/cases/{message.case_id}/notes", {"text": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_no_error_of_ours_shows_its_insides(program, exchange, monkeypatch):
    from hearwell.api.v1 import filters

    def broken(*_args, **_kwargs):
        raise RuntimeError(INSIDES)

    monkeypatch.setattr(filters, "case_list", broken)
    answer = program.get("/cases")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert INSIDES.encode() not in answer.content
