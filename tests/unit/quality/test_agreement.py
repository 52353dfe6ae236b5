"""How far two graders agree: held against values worked out by hand."""

from __future__ import annotations

import pytest

from hearwell.quality.agreement import LAST, Trust, agreement_of
from hearwell.quality.rules import CRITERIA


def marks(mark: str, **others: str) -> dict[str, str]:
    return {**dict.fromkeys(CRITERIA, mark), **others}


def pairs(table: dict[tuple[str, str], int]):
    return [(marks(a), marks(b)) for (a, b), n in table.items() for _ in range(n)]


def test_kappa_is_cohens():
    # Seen .70; by chance .5 x .6 + .5 x .4 = .5; so (.70 - .50) / (1 - .50).
    given = pairs({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15})

    report = agreement_of(given)

    one = report.by_criterion["tone"]
    assert one.kappa == pytest.approx(0.4)
    assert one.percent == pytest.approx(0.7)
    assert (one.n, one.marks, one.trust) == (50, 50, Trust.UNRELIABLE)
    # Cohen's own large-sample interval is .146 to .654; leaving one out comes close to it.
    assert one.low == pytest.approx(0.146, abs=0.02)
    assert one.high == pytest.approx(0.654, abs=0.02)
    assert report.overall.marks == 300
    assert report.overall.kappa == pytest.approx(0.4)


def test_near_marks_weigh_less_in_all():
    near = pairs({("yes", "yes"): 20, ("no", "no"): 20, ("yes", "partly"): 10})
    far = pairs({("yes", "yes"): 20, ("no", "no"): 20, ("yes", "no"): 10})

    assert agreement_of(near).overall.kappa > agreement_of(far).overall.kappa


def test_what_does_not_apply_is_a_mark_of_a_criterion_and_no_step_of_the_scale():
    given = [(marks("yes", solved="na"), marks("yes", solved="no"))] * 40

    report = agreement_of(given)

    assert report.by_criterion["solved"].percent == 0
    assert report.overall.marks == 40 * 5


@pytest.mark.parametrize(
    ("n", "other", "trust"),
    [
        (10, "no", Trust.TOO_FEW),
        (29, "no", Trust.TOO_FEW),
        (30, "no", Trust.UNRELIABLE),
        (30, "yes", Trust.RELIABLE),
    ],
)
def test_few_say_nothing(n, other, trust):
    given = [(marks("no"), marks("no"))] * (n // 2) + [(marks("yes"), marks(other))] * (n - n // 2)

    assert agreement_of(given).overall.trust is trust


def test_where_all_marks_are_alike_chance_explains_it_as_well():
    found = agreement_of(pairs({("yes", "yes"): 50})).overall

    assert (found.kappa, found.low, found.percent) == (None, None, 1.0)
    assert found.trust is Trust.ALIKE


def test_nothing_was_graded():
    found = agreement_of([]).overall

    assert (found.n, found.kappa, found.percent, found.trust) == (0, None, None, Trust.TOO_FEW)


def test_only_the_newest_are_looked_at():
    newest = pairs({("yes", "yes"): LAST // 2, ("no", "no"): LAST // 2})
    older = pairs({("yes", "no"): 500})

    found = agreement_of([*newest, *older]).overall

    assert (found.n, found.kappa) == (LAST, 1.0)


def test_where_no_single_reply_changes_it_no_interval_is_told():
    constant = pairs({("yes", "yes"): 25, ("yes", "no"): 15})  # one of them always says yes

    found = agreement_of(constant).overall

    assert (found.kappa, found.low, found.high) == (0.0, None, None)
    assert found.trust is Trust.UNRELIABLE
