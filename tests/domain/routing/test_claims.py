"""Who is on a case: claims that expire, one winner, clear answers."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from hearwell.accounts.models import AuditRow, Membership
from hearwell.conversations.models import Case, CaseLog
from hearwell.events.models import Event
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.routing import services as routing
from hearwell.routing.models import Claim, Team
from hearwell.routing.queries import claim_of, claims_of, teams_of
from tests.exchange import Exchange


@pytest.fixture
def exchange(workspace, frozen):
    return Exchange(workspace.id)


@pytest.fixture
def case_id(exchange):
    return exchange.ask().case_id


def assignee(case_id):
    return Case.objects.get(id=case_id).assignee_id


class TestClaim:
    def test_it_takes_the_case_for_ten_minutes(self, case_id, bob):
        claim = routing.claim(case_id, bob)
        assert claim.expires_at == now() + timedelta(minutes=10)
        assert assignee(case_id) == bob.id
        shown = claim_of(case_id)
        assert (shown.user_id, shown.name) == (bob.id, "Bob Brown")

    def test_the_second_is_told_who_was_first_and_until_when(self, case_id, alice, bob):
        first = routing.claim(case_id, bob)
        with pytest.raises(routing.TakenError) as told:
            routing.claim(case_id, alice)
        assert told.value.user_id == bob.id
        assert told.value.message == "Bob Brown is on this case."
        assert assignee(case_id) == bob.id
        assert first.expires_at == claim_of(case_id).expires_at

    def test_a_claim_alone_says_until_when(self, case_id, alice, bob):
        routing.claim(case_id, bob)
        Case.objects.filter(id=case_id).update(assignee_id=None)
        with pytest.raises(routing.TakenError) as told:
            routing.claim(case_id, alice)
        assert told.value.until == now() + timedelta(minutes=10)

    def test_claiming_again_extends(self, case_id, bob, frozen):
        routing.claim(case_id, bob)
        frozen.shift(300)
        assert routing.claim(case_id, bob).expires_at == now() + timedelta(minutes=10)
        assert Claim.objects.count() == 1

    def test_writing_extends_and_a_lost_claim_says_so(self, case_id, bob, frozen):
        routing.claim(case_id, bob)
        frozen.shift(500)
        assert routing.extend(case_id, bob.id)
        frozen.shift(599)
        assert claim_of(case_id) is not None
        frozen.shift(2)
        assert claim_of(case_id) is None
        assert not routing.extend(case_id, bob.id)

    def test_it_is_written_in_the_cases_story_and_told(self, case_id, bob):
        routing.claim(case_id, bob)
        verbs = list(CaseLog.objects.order_by("id").values_list("verb", flat=True))
        assert verbs == ["assigned", "claimed"]
        assert Event.objects.filter(name="CaseClaimed").count() == 1

    def test_a_foreign_case_does_not_exist(self, case_id, other_workspace, bob):
        with scope(other_workspace.id), pytest.raises(Case.DoesNotExist):
            routing.claim(case_id, bob)


class TestEnd:
    def test_letting_go_gives_the_case_back(self, case_id, alice, bob):
        routing.claim(case_id, bob)
        assert routing.release(case_id, bob)
        assert assignee(case_id) is None
        assert routing.claim(case_id, alice).user_id == alice.id

    def test_only_the_holder_can_let_go(self, case_id, alice, bob):
        routing.claim(case_id, bob)
        assert not routing.release(case_id, alice)
        assert assignee(case_id) == bob.id

    def test_it_runs_out_and_gives_the_case_back(self, case_id, bob, frozen):
        routing.claim(case_id, bob)
        frozen.shift(601)
        assert routing.expire_claims() == 1
        assert assignee(case_id) is None
        (told,) = Event.objects.filter(name="CaseReleased")
        assert told.payload["why"] == "expired"

    def test_an_expired_claim_can_be_taken_before_any_sweep(self, case_id, alice, bob, frozen):
        routing.claim(case_id, bob)
        Case.objects.filter(id=case_id).update(assignee_id=None)
        frozen.shift(601)
        assert routing.claim(case_id, alice).user_id == alice.id

    def test_a_live_claim_outlasts_the_sweep(self, case_id, bob, frozen):
        routing.claim(case_id, bob)
        frozen.shift(599)
        assert routing.expire_claims() == 0

    def test_a_reply_makes_it_last(self, case_id, bob, frozen):
        routing.claim(case_id, bob)
        assert routing.keep(case_id, bob.id)
        frozen.shift(3600)
        routing.expire_claims()
        assert assignee(case_id) == bob.id

    def test_what_was_assigned_before_stays_assigned(self, case_id, alice, bob, frozen):
        routing.assign([case_id], bob.id, actor=alice)
        routing.claim(case_id, bob)
        frozen.shift(601)
        routing.expire_claims()
        assert assignee(case_id) == bob.id

    def test_the_sweep_reaches_every_workspace(self, case_id, bob, other_workspace, frozen):
        routing.claim(case_id, bob)
        with scope(other_workspace.id):
            Membership.objects.create(workspace=other_workspace, user=bob, initials="BB")
            routing.claim(Exchange(other_workspace.id).ask().case_id, bob)
        frozen.shift(601)
        assert routing.expire_claims() == 2


class TestAssign:
    def test_it_lasts_and_is_audited(self, case_id, alice, bob):
        routing.assign([case_id], bob.id, actor=alice)
        assert assignee(case_id) == bob.id
        row = AuditRow.objects.get(action="case.assigned")
        assert (row.actor_id, row.after) == (alice.id, {"assignee_id": str(bob.id)})

    def test_it_ends_somebodys_claim(self, case_id, alice, bob):
        routing.claim(case_id, bob)
        routing.assign([case_id], alice.id, actor=alice)
        assert claims_of([case_id]) == {}

    def test_to_nobody(self, case_id, alice, bob):
        routing.assign([case_id], bob.id, actor=alice)
        routing.assign([case_id], None, actor=alice)
        assert assignee(case_id) is None

    def test_a_stranger_cannot_be_given_a_case(self, case_id, alice, charlie):
        with pytest.raises(Membership.DoesNotExist):
            routing.assign([case_id], charlie.id, actor=alice)
        assert assignee(case_id) is None


class TestPlace:
    def test_new_cases_go_to_the_one_team(self, exchange, django_assert_num_queries):
        fresh = exchange.take([exchange.item(f"t{n}") for n in range(50)])
        routing.ensure_default_team(exchange.workspace_id)
        with django_assert_num_queries(2):
            routing.place(fresh, {})
        (team,) = teams_of(exchange.workspace_id)
        assert set(Case.objects.values_list("team_id", flat=True)) == {team.id}

    def test_a_case_with_a_team_stays_there(self, exchange):
        message = exchange.ask()
        other = Team.objects.create(workspace_id=exchange.workspace_id, name="Lounge")
        Case.objects.filter(id=message.case_id).update(team_id=other.id)
        routing.place([message], {})
        assert Case.objects.get(id=message.case_id).team_id == other.id

    def test_nothing_fresh_places_nothing(self, exchange, django_assert_num_queries):
        with django_assert_num_queries(0):
            routing.place([], {})


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_one_wins_and_the_other_is_told():
    from tests import characters

    workspace = characters._workspace("Northwind Air", "northwind")
    with scope(workspace.id):
        people = [
            characters._member(workspace, "Alice Adams", "owner", "AA"),
            characters._member(workspace, "Bob Brown", "agent", "BB"),
        ]
        case_id = Exchange(workspace.id).ask().case_id
    start, outcomes = threading.Barrier(2), []

    def press(person):
        try:
            with scope(workspace.id):
                start.wait(10)
                outcomes.append(routing.claim(case_id, person).user_id)
        except routing.TakenError as told:
            outcomes.append(told.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    winners = [o for o in outcomes if not isinstance(o, str)]
    told = [o for o in outcomes if isinstance(o, str)]
    assert len(winners) == len(told) == 1
    winner = next(person for person in people if person.id == winners[0])
    assert told == [f"{winner.name} is on this case."]
