"""How a path is walked, and what is kept of a choice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.escalation.rules import (
    DEFAULT_LEVELS,
    DEFAULT_PATHS,
    BadPathError,
    Choice,
    Level,
    Path,
    Place,
    Severity,
    Step,
    alarms_that_count,
    checked_minutes,
    is_same_story,
    latest_owner,
    next_turn,
    steps_from,
)

ANN, BEN, OLA = (UUID(int=n) for n in (1, 2, 3))


def nobody(_target: str) -> tuple[list[UUID], str]:
    return [], "away"


def test_a_path_goes_to_the_backup_then_up_and_ends_with_the_owners() -> None:
    steps = steps_from(Severity.CRISIS, DEFAULT_PATHS)

    assert [(step.place, step.level) for step in steps] == [
        (Place.OWNER, 3),
        (Place.BACKUP, 3),
        (Place.OWNER, 4),
        (Place.BACKUP, 4),
        (Place.LAST, 4),
    ]
    assert steps[-1].target == "role:owner"
    assert latest_owner(steps) == timedelta(minutes=10 + 10 + 5 + 5 + 5)


def test_a_path_without_a_backup_goes_up_at_once() -> None:
    paths = {**DEFAULT_PATHS, 3: Path("role:lead", "", 10)}

    steps = steps_from(3, paths)

    assert [(step.place, step.level) for step in steps][:2] == [(Place.OWNER, 3), (Place.OWNER, 4)]


def test_the_absent_are_passed_over_at_once_and_it_is_said_why() -> None:
    steps = steps_from(Severity.CRISIS, DEFAULT_PATHS)

    def find(target: str) -> tuple[list[UUID], str]:
        return ([BEN], "") if target == "part:sponsor" else ([], "left")

    turn = next_turn(steps, 0, find, [OLA])

    assert (turn.index, turn.asked) == (2, (BEN,))
    assert turn.passed == ((0, "left"), (1, "left"))


def test_where_nobody_is_there_the_owners_are_asked_away_or_not() -> None:
    steps = steps_from(Severity.CASE, DEFAULT_PATHS)

    turn = next_turn(steps, 0, nobody, [OLA])

    assert (turn.index, turn.asked) == (len(steps) - 1, (OLA,))
    assert len(turn.passed) == len(steps) - 1


@given(
    severity=st.integers(0, 4),
    there=st.sets(st.sampled_from(["role:lead", "role:admin", "part:words", "part:legal"])),
    minutes=st.integers(1, 600),
)
def test_whoever_is_absent_somebody_is_asked_at_every_step(severity, there, minutes) -> None:
    paths = {key: Path(one.owner, one.backup, minutes) for key, one in DEFAULT_PATHS.items()}
    steps = steps_from(severity, paths)

    def find(target: str) -> tuple[list[UUID], str]:
        return ([ANN], "") if target in there else ([], "away")

    index, asked = 0, []
    while index < len(steps):
        turn = next_turn(steps, index, find, [OLA])
        assert turn.asked
        asked.append(turn.index)
        index = turn.index + 1
    assert asked == sorted(set(asked))
    assert asked[-1] == len(steps) - 1


def test_a_choice_is_read_back_as_it_was_stored() -> None:
    choice = Choice(
        levels={**DEFAULT_LEVELS, 2: Level(statement=5, signs=("legal",), tasks=(("Call", 3),))},
        parts={**Choice().parts, "legal": (f"user:{ANN}", "role:owner")},
        alarms=("press",),
        of_volume=0,
    )

    assert Choice.restored(choice.stored()) == choice
    assert Choice.restored({}) == Choice()


def test_what_a_later_version_adds_takes_its_default() -> None:
    stored = Choice().stored()
    stored["levels"]["3"] = {"statement": 20, "unknown": 1}

    level = Choice.restored(stored).levels[3]

    assert (level.statement, level.update) == (20, DEFAULT_LEVELS[3].update)


def test_danger_is_called_safety_and_what_is_not_chosen_does_not_count() -> None:
    assert alarms_that_count(("danger", "safety", "press"), ("safety",)) == ["safety"]
    assert alarms_that_count((), ("safety",)) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "is_same"),
    [
        (["pier", "seven"], ["seven", "gate", "late"], True),
        (["pier"], ["gate"], False),
        ([], [], False),
    ],
)
def test_a_story_is_known_by_its_words(ours, theirs, is_same) -> None:
    assert is_same_story(ours, theirs) is is_same


@pytest.mark.parametrize("minutes", [-1, 0, 100_000])
def test_a_time_that_cannot_be_waited_is_refused_by_its_field(minutes) -> None:
    with pytest.raises(BadPathError) as caught:
        checked_minutes(minutes, "minutes", least=1)
    assert caught.value.field == "minutes"


def test_a_step_is_read_back_as_it_was_stored() -> None:
    step = Step(Place.BACKUP, 3, "role:lead", 10)

    assert Step.restored(step.stored()) == step
