"""Views, filters and counts through the API: what the screen lists, a program lists."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import AuditRow
from hearwell.api.v1.filters import CaseFilters, Queue, filters_from
from hearwell.conversations.models import Case, SavedView
from hearwell.conversations.services import save_view
from hearwell.kit.scope import scope
from hearwell.web.agent.inbox.facets import FILTERS
from hearwell.web.agent.inbox.queues import QUEUES
from tests.exchange import Exchange

CEILING = 14


@pytest.fixture
def case(exchange):
    return Case.objects.get(id=exchange.ask(text="where is my bag?", by="lena").case_id)


def keys(response):
    return [item["id"] for item in response.json()["items"]]


def made(program, name="Bags", *, is_shared=False, **filters):
    body = {"name": name, "filters": filters, "is_shared": is_shared}
    return program.post("/views", body)


class TestFilters:
    def test_they_are_those_of_the_screen(self):
        renamed = {"channel_id": "channel", "team_id": "team"}
        have = {renamed.get(name, name) for name in CaseFilters.model_fields}
        assert have == {"queue", "q", *FILTERS}
        assert set(Queue.__args__) == {queue.key for queue in QUEUES}

    def test_each_narrows_the_list(self, program, exchange, case, bob):
        other = exchange.ask("t2", text="thanks")
        Case.objects.filter(id=other.case_id).update(
            urgency=3, unread=False, turn="theirs", status="snoozed", kind="praise"
        )
        for query in (
            "priority=3", "unread=false", "turn=theirs", "status=snoozed", "kind=praise",
        ):  # fmt: skip
            found = keys(program.get(f"/cases?q=thanks&{query}"))
            assert found == [str(other.case_id)], query
            name, _, _value = query.partition("=")
            against = {"priority": "4", "unread": "true", "turn": "ours", "status": "open"}
            assert keys(program.get(f"/cases?q=thanks&{name}={against.get(name, 'idea')}")) == []
        assert keys(program.get("/cases?network=wire")) == [str(case.id)]
        assert keys(program.get("/cases?waited=7d")) == []
        assert keys(program.get("/cases?tier=gold")) == []
        assert keys(program.get("/cases?queue=heard")) == []

    @pytest.mark.parametrize("query", ["priority=5", "waited=2h", "unread=maybe", "turn=mine"])
    def test_what_makes_no_sense_is_refused(self, program, query):
        assert program.get(f"/cases?{query}").status_code == 422

    def test_a_search_says_what_it_found(self, program, case):
        (item,) = program.get("/cases?q=bag").json()["items"]
        assert {"text": "bag", "is_hit": True} in item["excerpt"]
        assert program.get("/cases").json()["items"][0]["excerpt"] == []
        assert program.get("/cases?q=bag").json()["is_cut"] is False

    def test_a_view_of_long_ago_loses_what_makes_no_sense(self):
        old = {"queue": "gone", "channel": "7", "unread": "yes", "colour": "red", "priority": "9"}
        told = filters_from(old)
        assert (told.queue, told.channel_id, told.unread, told.priority) == (
            "needs", None, True, None,
        )  # fmt: skip


class TestViews:
    def test_one_is_made_run_changed_and_put_away(self, program, case, bob):
        answer = made(program, assignee="me", unread=True, queue="needs")
        assert answer.status_code == 201, answer.content
        view = answer.json()
        assert (view["name"], view["is_shared"], view["count"]) == ("Bags", False, 0)
        stored = SavedView.objects.get(id=view["id"])
        assert stored.params == {"queue": "needs", "assignee": "me", "unread": "yes"}
        Case.objects.filter(id=case.id).update(assignee_id=bob.id)
        assert keys(program.get(f"/views/{view['id']}/cases")) == [str(case.id)]
        assert program.get("/views").json() == [view | {"count": 1}]

        body = {"name": "Suitcases", "filters": {"queue": "all", "kind": "idea"}}
        changed = program("PATCH", f"/views/{view['id']}", body).json()
        assert (changed["name"], changed["filters"]["kind"]) == ("Suitcases", "idea")
        assert changed["filters"]["assignee"] is None
        assert keys(program.get(f"/views/{view['id']}/cases")) == []

        assert program("DELETE", f"/views/{view['id']}").status_code == 204
        assert program.get("/views").json() == []
        assert program.get(f"/views/{view['id']}").status_code == 404
        (gone,) = program.get("/views?deleted=true").json()
        assert (gone["id"], gone["count"]) == (view["id"], None)
        assert program.post(f"/views/{view['id']}/restore").json()["name"] == "Suitcases"

    def test_the_same_key_makes_one(self, program):
        body = {"name": "Bags", "filters": {"kind": "idea"}}
        answers = [program.post("/views", body, **{"idempotency-key": "v1"}) for _ in range(2)]
        assert answers[0].content == answers[1].content
        assert SavedView.objects.count() == 1

    def test_the_teams_are_for_leads(self, program, owners_program, workspace, alice):
        refused = made(program, is_shared=True)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        view = made(owners_program, is_shared=True, kind="idea").json()
        assert program.get(f"/views/{view['id']}").json()["name"] == "Bags"
        for method, path, body in (
            ("PATCH", "", {"name": "x"}),
            ("DELETE", "", None),
            ("POST", "/move", {"direction": "up"}),
        ):
            assert program(method, f"/views/{view['id']}{path}", body).status_code == 403
        assert AuditRow.objects.filter(action="view.shared", actor_id=alice.id).count() == 1

    def test_their_order_is_ones_own(self, program):
        ids = [made(program, name).json()["id"] for name in ("One", "Two")]
        moved = program.post(f"/views/{ids[1]}/move", {"direction": "up"}).json()
        assert [view["id"] for view in moved] == ids[::-1]

    def test_refusals_say_why(self, program):
        made(program)
        again = made(program)
        assert (again.status_code, again.json()["code"]) == (422, "invalid")
        assert "name" in again.json()["detail"]
        assert made(program, "Other", colour="red").status_code == 422
        assert made(program, " ").status_code == 422

    def test_somebody_elses_is_absent_and_so_is_a_foreign_one(
        self, program, workspace, alice, other_workspace, charlie
    ):
        mine = save_view("Hers", {"queue": "needs"}, alice, is_shared=False)
        with scope(other_workspace.id):
            theirs = save_view("Theirs", {"queue": "needs"}, charlie, is_shared=True)
        answers = []
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/cases", None),
            ("PATCH", "", {"name": "x"}),
            ("DELETE", "", None),
            ("POST", "/restore", None),
            ("POST", "/move", {"direction": "up"}),
        ):
            answers += [
                program(method, f"/views/{key}{path}", body)
                for key in (mine.id, theirs.id, uuid4())
            ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert program.get("/views").json() == []


class TestCounts:
    def test_queues_are_counted(self, program, case, bob):
        told = {one["queue"]: one["count"] for one in program.get("/queues").json()}
        assert (told["needs"], told["mine"], told["archive"]) == (1, 0, None)

    def test_a_foreign_case_counts_nowhere(self, program, exchange, other_workspace):
        made(program, queue="all")
        with scope(other_workspace.id):
            Exchange(other_workspace.id).ask()
        assert program.get("/views").json()[0]["count"] == 0
        assert program.get("/queues").json()[0]["count"] == 0

    def test_many_views_cost_no_more_statements(self, program, case):
        def cost(path):
            with CaptureQueriesContext(connection) as queries:
                assert program.get(path).status_code == 200
            return len(queries)

        first = made(program, "V0").json()
        program.get("/me")
        few = cost("/views")
        for n in range(1, 20):
            made(program, f"V{n}", kind="question")
        assert cost("/views") == few <= CEILING
        assert cost(f"/views/{first['id']}/cases") <= CEILING
        assert cost(f"/views/{first['id']}") <= CEILING
        assert cost("/queues") <= CEILING
