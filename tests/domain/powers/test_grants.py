"""No path gives more than the limits, and all that is given stands on somebody's powers."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from hearwell.accounts.models import AuditRow, Membership, User, Workspace
from hearwell.accounts.services import add_member, create_workspace
from hearwell.contacts import services as contacts
from hearwell.conversations.models import Case
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.powers.giving import DEFAULTS, Limits, Power
from hearwell.powers.grants import given_before, grants_in
from hearwell.powers.models import Grant, Purse
from hearwell.powers.services import (
    BadGrantError,
    BadMatrixError,
    Gift,
    decide_grant,
    give,
    set_powers,
    set_purse,
)
from tests.characters import _member
from tests.factories import DUARTE, make_case, make_channel


def member(user: User) -> Membership:
    return Membership.objects.select_related("user", "workspace").get(user=user)


@pytest.fixture
def bobs(bob):
    return member(bob)


@pytest.fixture
def leas(workspace):
    return member(_member(workspace, "Lea Lund", "lead", "LL"))


@pytest.fixture
def channel(workspace):
    return make_channel()


@pytest.fixture
def case(channel):
    return make_case("Where is my bag?", channel)


def gift(case: Case, amount: int, **more: object) -> Gift:
    return Gift(case_id=case.id, key=uuid7(), amount_minor=amount, reason="delay", **more)  # type: ignore[arg-type]


def test_within_ones_powers_it_is_given_at_once(case, bobs):
    grant = give(gift(case, 2500), by=bobs)
    assert (grant.state, grant.is_above, grant.approver_id) == ("granted", False, bobs.user_id)
    assert (grant.contact_id, grant.currency) == (case.contact_id, "EUR")
    assert AuditRow.objects.get(action="grant.given").after["amount"] == "25.00 EUR"


def test_above_it_waits_for_a_different_person_with_a_higher_limit(case, bobs, leas, workspace):
    grant = give(gift(case, 2501), by=bobs)
    assert (grant.state, grant.approver_id) == ("waiting", None)
    otto = member(_member(workspace, "Otto Ott", "agent", "OO"))
    for nobody in (bobs, otto):
        with pytest.raises(BadGrantError):
            decide_grant(grant.id, is_approved=True, by=nobody)
    given = decide_grant(grant.id, is_approved=True, by=leas, remark="Of course")
    assert (given.state, given.approver_id, given.is_above) == ("granted", leas.user_id, True)
    with pytest.raises(BadGrantError, match="decided meanwhile"):
        decide_grant(grant.id, is_approved=False, by=leas)


def test_nobody_decides_what_they_asked_for(case, leas, alice):
    grant = give(gift(case, 25_001), by=leas)
    with pytest.raises(BadGrantError, match="somebody else"):
        decide_grant(grant.id, is_approved=True, by=leas)
    assert decide_grant(grant.id, is_approved=True, by=member(alice)).state == "granted"


def test_a_second_person_has_limits_too(case, bobs, leas, alice):
    grant = give(gift(case, 25_001), by=bobs)
    with pytest.raises(BadGrantError, match="your own limit"):
        decide_grant(grant.id, is_approved=True, by=leas)
    assert decide_grant(grant.id, is_approved=False, by=leas).state == "refused"
    most = give(gift(case, 900_000), by=bobs)
    assert decide_grant(most.id, is_approved=True, by=member(alice)).state == "granted"


def test_an_owner_alone_does_not_go_above_their_own(case, alice):
    grant = give(gift(case, 100_001), by=member(alice))
    assert grant.state == "waiting"
    with pytest.raises(BadGrantError):
        decide_grant(grant.id, is_approved=True, by=member(alice))


def test_gifts_of_a_case_add_up_whoever_gave_them(case, bobs, workspace):
    otto = member(_member(workspace, "Otto Ott", "agent", "OO"))
    give(gift(case, 2000), by=otto)
    assert give(gift(case, 500), by=bobs).state == "granted"
    assert give(gift(case, 1), by=bobs).state == "waiting"


def test_what_waits_or_was_refused_counts_nowhere(case, bobs, leas):
    asked = give(gift(case, 9000), by=bobs)
    decide_grant(asked.id, is_approved=False, by=leas)
    assert give(gift(case, 2500), by=bobs).state == "granted"


def test_a_customers_year_adds_up_over_cases(channel, bobs, frozen):
    cases = [make_case(f"Bag {n}?", channel) for n in range(6)]
    states = [give(gift(one, 2500), by=bobs).state for one in cases[:5]]
    assert states == ["granted"] * 4 + ["waiting"]
    frozen.shift(366 * 86400)
    assert give(gift(cases[5], 2500), by=bobs).state == "granted"


def test_somebody_who_is_the_same_person_is_the_same_customer(channel, bobs, alice):
    lena = [make_case(f"Bag {n}?", channel) for n in range(4)]
    for one in lena:
        give(gift(one, 2500), by=bobs)
    other = make_case("And mine?", channel, author=DUARTE)
    assert given_before(other.workspace_id, bobs, other.id, other.contact_id).year == 0
    contacts.link(
        other.workspace_id, kept_id=lena[0].contact_id, other_id=other.contact_id,
        why="Said so", actor_id=alice.id,
    )  # fmt: skip
    assert given_before(other.workspace_id, bobs, other.id, other.contact_id).year == 10_000


def test_a_case_that_took_another_counts_what_was_given_there(channel, bobs):
    one, into = make_case("Bag?", channel), make_case("Bag!", channel)
    give(gift(one, 2500), by=bobs)
    Case.objects.filter(id=one.id).update(merged_into_id=into.id)
    assert give(gift(into, 1), by=bobs).state == "waiting"


def test_what_is_given_in_an_emptied_case_counts_where_all_of_it_is(channel, bobs):
    one, into, last = (make_case(f"Bag {n}?", channel) for n in range(3))
    give(gift(into, 2500), by=bobs)
    Case.objects.filter(id=one.id).update(merged_into_id=into.id)
    assert give(gift(one, 1), by=bobs).state == "waiting"
    Case.objects.filter(id=into.id).update(merged_into_id=last.id)
    asked = give(gift(one, 1), by=bobs)
    assert (asked.state, asked.case_id) == ("waiting", last.id)
    assert [given.amount_minor for given in grants_in(bobs.workspace_id, last.id)] == [1, 1, 2500]
    assert given_before(bobs.workspace_id, bobs, one.id, None).case == 2500


def test_two_merged_cases_are_decided_as_one(channel, bobs, leas, alice):
    one, into = make_case("Bag?", channel), make_case("Bag!", channel)
    asked = give(gift(one, 20_000), by=bobs)
    decide_grant(give(gift(into, 20_000), by=bobs).id, is_approved=True, by=leas)
    Case.objects.filter(id=one.id).update(merged_into_id=into.id)
    with pytest.raises(BadGrantError, match="your own limit"):
        decide_grant(asked.id, is_approved=True, by=leas)
    assert decide_grant(asked.id, is_approved=True, by=member(alice)).state == "granted"


def test_a_day_is_one_persons_and_the_workspaces(channel, bobs, workspace, alice, frozen):
    agent = Power(Limits(2500, 100_000, 3000))
    set_powers(workspace.id, {"agent": agent}, by=alice)
    cases = [make_case(f"Bag {n}?", channel) for n in range(3)]
    assert give(gift(cases[0], 2500), by=bobs).state == "granted"
    assert give(gift(cases[1], 501), by=bobs).state == "waiting"
    otto = member(_member(workspace, "Otto Ott", "agent", "OO"))
    assert give(gift(cases[1], 2500), by=otto).state == "granted"
    frozen.shift(13 * 3600)  # noon is over, the next day has begun
    assert give(gift(cases[2], 2500), by=bobs).state == "granted"


def test_the_same_form_twice_is_one_grant(case, bobs):
    form = gift(case, 1000)
    assert give(form, by=bobs).id == give(form, by=bobs).id
    assert Grant.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"amount_minor": 0}, {"amount_minor": -1}, {"reason": "because"}, {"reason": "other"},
     {"kind": "bribe"}],
)  # fmt: skip
def test_what_makes_no_sense_is_not_given(case, bobs, wrong):
    fields = {"case_id": case.id, "key": uuid7(), "amount_minor": 100, "reason": "delay", **wrong}
    with pytest.raises(BadGrantError):
        give(Gift(**fields), by=bobs)
    assert not Grant.objects.exists()


def test_who_only_reads_gives_nothing(case, workspace):
    dora = member(_member(workspace, "Dora Dean", "viewer", "DD"))
    with pytest.raises(BadGrantError):
        give(gift(case, 1), by=dora)


def test_surprises_have_a_budget_of_their_own(case, bobs, workspace, alice, frozen):
    with pytest.raises(BadGrantError):
        give(gift(case, 100, kind="surprise"), by=bobs)
    set_purse(workspace.id, currency="EUR", month_minor=4000, each_minor=2500, by=alice)
    give(gift(case, 2500), by=bobs)
    give(gift(case, 2500, kind="surprise"), by=bobs)
    with pytest.raises(BadGrantError, match=r"15\.00 EUR"):
        give(gift(case, 1501, kind="surprise"), by=bobs)
    give(gift(case, 1500, kind="surprise"), by=bobs)
    assert given_before(workspace.id, bobs, case.id, case.contact_id).case == 2500
    frozen.shift(31 * 86400)
    assert give(gift(case, 2500, kind="surprise"), by=bobs).state == "granted"


def test_the_database_itself_knows_two_persons(case, bobs):
    grant = give(gift(case, 9999), by=bobs)
    for columns in ({"approver_id": None}, {"approver_id": bobs.user_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.filter(id=grant.id).update(state="granted", **columns)


def test_the_matrix_is_checked_and_audited(workspace, alice):
    changed = Power(Limits(5000, 10_000, None), networks=["bluesky"])
    set_powers(workspace.id, {**DEFAULTS, "agent": changed}, by=alice)
    (row,) = AuditRow.objects.filter(action="power.changed")
    assert (row.summary, row.after["case"], row.after["day"]) == ("agent", 5000, None)
    for wrong in (
        {"viewer": changed},
        {"agent": Power(Limits(500, 100, None))},
        {"agent": Power(Limits(-1, None, None))},
    ):
        with pytest.raises(BadMatrixError):
            set_powers(workspace.id, wrong, by=alice)


def test_a_currency_stays_once_something_was_given(case, bobs, workspace, alice):
    give(gift(case, 100), by=bobs)
    with pytest.raises(BadMatrixError):
        set_purse(workspace.id, currency="USD", month_minor=0, each_minor=0, by=alice)
    assert Purse.objects.get().currency == "EUR"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_never_give_more_than_the_limit():
    workspace = create_workspace("Northwind Air")
    people = [
        add_member(workspace, User.objects.create_user(f"p{n}@x.org", name=f"P {n}"), "agent")
        for n in range(4)
    ]
    with scope(workspace.id):
        case = make_case("Where is my bag?", make_channel())
    people = [Membership.objects.select_related("user", "workspace").get(id=p.id) for p in people]
    start = threading.Barrier(8)

    def run(by: Membership) -> None:
        start.wait()
        with scope(workspace.id):
            give(gift(case, 1000), by=by)
        connection.close()

    threads = [threading.Thread(target=run, args=(people[n % 4],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope(workspace.id):
        states = sorted(Grant.objects.values_list("state", flat=True))
    assert states == ["granted"] * 2 + ["waiting"] * 6
    assert Workspace.objects.count() == 1
