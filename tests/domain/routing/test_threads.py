"""Several workers and people at once, with real commits: one case, one person."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from hearwell.accounts.models import User, Workspace
from hearwell.conversations.models import Case, CaseLog
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.routing import services as routing
from hearwell.routing.models import Claim, TeamMember
from hearwell.routing.rules import When
from tests.characters import _member, _workspace
from tests.domain.routing.conftest import Desk


@pytest.fixture
def house(transactional_db: None) -> Workspace:
    return _workspace("Northwind Air", "northwind")


def at_once(works: list) -> list[BaseException]:
    """Run each in a thread of its own, all let go at the same moment; what they raised."""
    failed: list[BaseException] = []
    gate = threading.Barrier(len(works))

    def run(work) -> None:
        try:
            gate.wait()
            work()
        except BaseException as error:  # noqa: BLE001  told to the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


def test_a_case_never_gets_two_people_by_two_workers(house):
    with scope(house.id):
        alice = _member(house, "Alice Adams", "owner", "AA")
        routing.ensure_default_team(house.id)
        desk = Desk(house, alice)
        people = [desk.person(f"P{n} Poe", f"P{n}", capacity=5) for n in range(3)]
        team = desk.team("Care", *people)
        desk.rule("All", team, When(networks=frozenset({"sandbox"})))
        for _ in range(20):
            desk.case()

    def work() -> None:
        for _ in range(4):
            with scope(house.id):
                routing.place_batch(house.id, at_most=3)

    assert at_once([work] * 4) == []
    with scope(house.id):
        held = Counter(Case.objects.values_list("assignee_id", flat=True))
        assert held.pop(None) == 5
        assert set(held.values()) == {5}, "never over capacity"
        given = [
            line.case_id
            for line in CaseLog.objects.filter(verb="routed")
            if line.data["code"] == "given"
        ]
        assert len(given) == len(set(given)) == 15


def test_two_who_press_for_the_next_case_never_get_the_same(house):
    with scope(house.id):
        alice = _member(house, "Alice Adams", "owner", "AA")
        routing.ensure_default_team(house.id)
        desk = Desk(house, alice)
        people: list[User] = [desk.person(f"P{n} Poe", f"P{n}") for n in range(4)]
        for _ in range(10):
            desk.case()

    def press(user: User) -> None:
        for _ in range(2):
            with scope(house.id):
                assert routing.take_next(house.id, user) is not None

    assert at_once([lambda user=user: press(user) for user in people]) == []
    with scope(house.id):
        claims = list(Claim.objects.values_list("case_id", "user_id"))
        assert len({case_id for case_id, _user in claims}) == 8
        assert set(Counter(user_id for _case, user_id in claims).values()) == {2}


def test_whoever_is_faster_by_hand_keeps_it(house):
    with scope(house.id):
        alice = _member(house, "Alice Adams", "owner", "AA")
        routing.ensure_default_team(house.id)
        desk = Desk(house, alice)
        bea = desk.person("Bea Berg", "BE", capacity=50)
        desk.rule("All", desk.team("Care", bea), When(networks=frozenset({"sandbox"})))
        cases = [desk.case() for _ in range(12)]

    def by_hand() -> None:
        for case in cases:
            with scope(house.id):
                try:
                    routing.claim(case.id, alice)
                except routing.TakenError:
                    continue

    def by_machine() -> None:
        for _ in range(6):
            with scope(house.id):
                routing.place_batch(house.id, at_most=2)

    assert at_once([by_hand, by_machine]) == []
    with scope(house.id):
        for case in Case.objects.all():
            story = CaseLog.objects.filter(case_id=case.id).order_by("at", "id")
            owners = {
                line.data["to"]
                for line in story
                if line.verb in {"assigned", "routed"} and line.data.get("to")
            }
            assert owners == {str(case.assignee_id)}


def wait_until_blocked() -> None:
    """Return as soon as another connection waits for a lock; after two seconds in any case."""
    statement = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'
    """
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(statement)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)


@contextmanager
def meanwhile(house: Workspace, work):
    """Do it beside an open transaction, once that holds its rows; then let that go on."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with scope(house.id):
                work()
        except BaseException as error:  # noqa: BLE001  told to the test
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with scope(house.id):
        yield lambda: (thread.start(), wait_until_blocked())
    thread.join(60)
    assert failed == []


@pytest.mark.parametrize("is_removed", [True, False])
def test_a_team_changes_while_its_cases_are_given_out(house, is_removed):
    with scope(house.id):
        alice = _member(house, "Alice Adams", "owner", "AA")
        routing.ensure_default_team(house.id)
        desk = Desk(house, alice)
        bea, ben = desk.person("Bea Berg", "BE"), desk.person("Ben Bolt", "BO")
        team = desk.team("Care", bea, ben)
        rule = desk.rule("All", team, When(networks=frozenset({"sandbox"})))
        cases = [desk.case() for _ in range(2)]

    def change() -> None:
        if is_removed:
            routing.remove_rule(house.id, rule.id, by=alice)
            routing.remove_team(house.id, team.id, by=alice)
        else:
            desk.team("Care", bea)

    with meanwhile(house, change) as goes_on:
        routing.place_batch(house.id)
        goes_on()
    with scope(house.id):
        assert {desk.holder(case) for case in cases} == {bea.id, ben.id}
        members = TeamMember.objects.filter(team_id=team.id).values_list("user_id", flat=True)
        assert list(members) == ([] if is_removed else [bea.id])


def test_a_claim_that_runs_out_while_it_is_taken_again(house):
    with scope(house.id):
        alice = _member(house, "Alice Adams", "owner", "AA")
        case = Desk(house, alice).case()
        routing.claim(case.id, alice)
        Claim.objects.update(expires_at=now() - timedelta(minutes=1))

    with meanwhile(house, routing.expire_claims) as goes_on:
        Case.objects.select_for_update().get(id=case.id)
        goes_on()
        routing.claim(case.id, alice)
    with scope(house.id):
        assert Claim.objects.get().expires_at > now()
        assert Case.objects.get().assignee_id == alice.id
