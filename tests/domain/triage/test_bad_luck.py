"""What goes wrong around triage loses no message, and teaches nothing that nobody said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from structlog.testing import capture_logs

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.conversations.models import Message
from hearwell.inbox.intake import take_deletions, take_in
from hearwell.triage import services
from hearwell.triage.engine import features as engine_features
from hearwell.triage.engine.features import Item
from hearwell.triage.engine.judge import Opinion, judge
from hearwell.triage.learning import fitting, mind, replay
from hearwell.triage.models import Learned, Lesson, Understanding, Verdict
from hearwell.triage.rules import ENGINE
from hearwell.triage.services.learning import due_for_refit
from hearwell.triage.shipped import shipped_model
from tests.factories import make_channel, make_deletion, make_item, receive
from tests.minds import small_model

pytestmark = pytest.mark.usefixtures("small_shipped")
SONGS = "the new song is on repeat all day"
BAD = "a text that nobody thought of"


class BadLuckError(Exception):
    """Something that nobody thought of."""


def chances(workspace_id: object, text: str = SONGS) -> Opinion:
    known = mind.mind_of(workspace_id)  # type: ignore[arg-type]
    return judge([Item(text, "mention")], known.model, known.delta, known.bands)[0]


def messages(n: int, text: str = SONGS) -> list[Message]:
    return receive(make_channel(), [make_item(f"{text} {at * '!'}") for at in range(n)])


# --- what is kept in memory --------------------------------------------------------------------


def test_what_was_rolled_back_is_not_remembered(workspace: Workspace, bob: User) -> None:
    one, two, three = messages(3)
    services.correct(one.id, "kind", "prepurchase", bob.id)
    before = chances(workspace.id)
    with transaction.atomic():
        services.correct(two.id, "kind", "spam", bob.id)
        services.assess([three])
        transaction.set_rollback(True)

    assert chances(workspace.id).chances == before.chances
    services.correct(three.id, "kind", "praise", bob.id)
    here = chances(workspace.id).chances
    mind.forget_minds()
    assert here == chances(workspace.id).chances


def test_a_version_has_each_label_once(
    workspace: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = messages(2)
    services.correct(one.id, "kind", "prepurchase", bob.id)
    whole = fitting.fitted

    def meanwhile(*args: Any) -> fitting.Candidate:
        services.correct(two.id, "kind", "spam", bob.id)
        mind.mind_of(workspace.id)
        return replace(whole(*args), why="worse_than_before")

    monkeypatch.setattr(fitting, "fitted", meanwhile)
    made = services.refit(workspace.id)

    assert made is not None
    kept = mind.delta_of(made)
    assert kept is not None
    assert (made.up_to, kept.steps) == (2, 2)


def test_a_version_that_is_gone_stops_nothing(workspace: Workspace, alice: User) -> None:
    (one, *_) = messages(1)
    services.correct(one.id, "kind", "prepurchase", alice.id)
    services.refit(workspace.id)
    seen = Understanding.objects.get()
    services.forget_taught(Membership.objects.get(user=alice))

    assert mind.mind_of(workspace.id, seen).delta is None


def test_a_long_replay_is_cut(
    workspace: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for message in messages(4):
        services.correct(message.id, "kind", "spam", bob.id)
    monkeypatch.setattr(replay, "MOST_REPLAYED", 4)

    newest = replay.lessons_between(workspace.id, 0, 8)

    assert [head for _, head, _ in newest] == ["kind", "duty"] * 2


# --- bytes that are broken ----------------------------------------------------------------------


@pytest.mark.parametrize("spoil", ["nan", "rows", "cut", "hashing"])
def test_a_delta_that_is_broken_adds_nothing(
    workspace: Workspace, bob: User, spoil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = messages(1)
    services.correct(one.id, "kind", "prepurchase", bob.id)
    services.refit(workspace.id)
    version = Learned.objects.get()
    known = mind.delta_of(version)
    assert known is not None
    spoiled = {
        "nan": replace(known, bias=known.bias * np.nan),
        "rows": replace(known, rows=known.rows + 10**6),
    }.get(spoil, known)
    content = spoiled.to_bytes()
    if spoil == "hashing":
        monkeypatch.setattr("hearwell.triage.engine.delta.HASHING", 99)
    Learned.objects.update(delta=content[:-40] if spoil == "cut" else content)
    mind.forget_minds()

    with capture_logs() as logs:
        (fresh,) = take_in(make_channel(), [make_item(SONGS)])

    assert [line["event"] for line in logs].count("triage.delta_unreadable") == 1
    verdict = Verdict.objects.get(message_id=fresh.id)
    assert verdict.chances == list(judge([replay.item_of(fresh, None)], shipped_model())[0].chances)


def test_another_shipped_model_has_it_learned_anew(
    workspace: Workspace, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = messages(1)
    services.correct(one.id, "kind", "prepurchase", bob.id)
    services.refit(workspace.id)
    newer = replace(small_model(), version="test-2")
    for place in ("triage.learning.mind", "triage.services.learning"):
        monkeypatch.setattr(f"hearwell.{place}.shipped_model", lambda: newer)

    assert due_for_refit() == [workspace.id]
    assert mind.mind_of(workspace.id).version.startswith("test-2")
    made = services.refit(workspace.id)
    assert made is not None
    assert made.base == "test-2"
    assert due_for_refit() == []


# --- a message that cannot be judged ------------------------------------------------------------


@pytest.fixture
def stumbles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the features of one text raise: the part that model and rules share."""
    whole = engine_features.signs_of

    def signs(texts: list[str], *args: Any) -> Any:
        if BAD in texts:
            raise BadLuckError
        return whole(texts, *args)

    monkeypatch.setattr(engine_features, "signs_of", signs)


@pytest.mark.usefixtures("stumbles")
def test_one_that_cannot_be_judged_takes_no_other_along(workspace: Workspace) -> None:
    texts = [BAD if at == 300 else f"{SONGS} {at}" for at in range(500)]

    with capture_logs() as logs:
        fresh = take_in(make_channel(), [make_item(text) for text in texts])

    assert len(fresh) == 500
    engines = {v.message_id: v.engine for v in Verdict.objects.all()}
    assert [m.text for m in fresh if engines[m.id] == ENGINE] == [BAD]
    told = {line["event"]: line for line in logs}
    bad = next(message for message in fresh if message.text == BAD)
    assert told["triage.judging_failed"]["messages"] == 500
    assert told["triage.judged_by_rules"]["some"] == [str(bad.id)]


@pytest.mark.usefixtures("stumbles")
def test_what_not_even_rules_can_read_is_a_persons(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(*_: Any) -> None:
        raise BadLuckError

    monkeypatch.setattr("hearwell.triage.engine.judge.read", raising)
    (fresh,) = take_in(make_channel(), [make_item(BAD)])

    verdict = Verdict.objects.get(message_id=fresh.id)
    assert (verdict.duty, verdict.is_unsure, verdict.certainty) == ("answer", True, 0.0)


def test_choices_that_make_no_sense_stop_nothing(workspace: Workspace, bob: User) -> None:
    (one,) = messages(1)
    services.correct(one.id, "kind", "spam", bob.id)
    Understanding.objects.update(sure={"duty": "often"})
    mind.forget_minds()

    with capture_logs() as logs:
        assert take_in(make_channel(), [make_item(SONGS)])

    assert "triage.mind_failed" in {line["event"] for line in logs}


# --- what teaches -------------------------------------------------------------------------------


def test_what_was_left_out_can_be_taught_again(workspace: Workspace, alice: User) -> None:
    (one,) = messages(1)
    services.correct(one.id, "kind", "prepurchase", alice.id)
    services.go_back(0, Membership.objects.get(user=alice))
    before = chances(workspace.id).chances

    services.correct(one.id, "kind", "prepurchase", alice.id)

    assert chances(workspace.id).chances != before
    assert Understanding.objects.get().labelled == 1


def test_words_that_are_gone_teach_nothing(workspace: Workspace, bob: User) -> None:
    channel, item = make_channel(), make_item(SONGS)
    (one,) = receive(channel, [item])
    services.assess([one])
    take_deletions(channel, [make_deletion(item, must_purge=True)])

    services.correct(one.id, "kind", "prepurchase", bob.id)

    assert Verdict.objects.get(message_id=one.id).kind == "prepurchase"
    assert not Lesson.objects.exists()


# --- at the same time, with real commits --------------------------------------------------------
