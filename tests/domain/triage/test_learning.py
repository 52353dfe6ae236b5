"""What a workspace teaches: at once, for itself alone, never for the worse, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import md5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import AuditRow, Membership, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.conversations.models import Message
from hearwell.kit.clock import now
from hearwell.triage import services
from hearwell.triage.engine.features import Item
from hearwell.triage.engine.judge import Opinion, judge
from hearwell.triage.learning import mind, replay
from hearwell.triage.learning.unshown import to_review
from hearwell.triage.models import Learned, Lesson, Understanding, Verdict
from hearwell.triage.services import UnknownVersionError
from hearwell.triage.shipped import shipped_model
from tests.factories import make_channel, make_item, receive

pytestmark = pytest.mark.usefixtures("small_shipped")
SONGS = "the new song is on repeat all day"


def now_says(workspace_id: object, text: str = SONGS) -> Opinion:
    known = mind.mind_of(workspace_id)  # type: ignore[arg-type]
    return judge([Item(text, "mention")], known.model, known.delta, known.bands)[0]


def messages(texts: Sequence[str]) -> list[Message]:
    return receive(make_channel(), [make_item(text) for text in texts])


def teach(texts: Sequence[str], kind: str, user: User) -> None:
    for message in messages(texts):
        services.correct(message.id, "kind", kind, user.id)


def member(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_the_next_one_is_judged_otherwise(workspace: Workspace, bob: User) -> None:
    before = now_says(workspace.id).probabilities()["kind"]["prepurchase"]

    teach([f"{SONGS}, when can I buy it"], "prepurchase", bob)

    assert now_says(workspace.id).probabilities()["kind"]["prepurchase"] > 1.5 * before


def test_every_process_notices(workspace: Workspace, bob: User) -> None:
    mind.mind_of(workspace.id)
    elsewhere = dict(mind._minds)
    teach([SONGS], "prepurchase", bob)
    here = now_says(workspace.id)

    mind.forget_minds()
    mind._minds.update(elsewhere)

    assert now_says(workspace.id).chances == here.chances


def test_what_one_teaches_the_other_never_hears(
    workspace: Workspace, other_workspace: Workspace, bob: User
) -> None:
    with scope(other_workspace.id):
        before = now_says(other_workspace.id)
    teach([SONGS] * 5, "spam", bob)

    assert now_says(workspace.id).chances != before.chances
    with scope(other_workspace.id):
        assert now_says(other_workspace.id) == before
        assert not Lesson.objects.exists()
        assert not Understanding.objects.exists()


def test_a_lesson_keeps_what_was_said_before_it(workspace: Workspace, bob: User) -> None:
    said = now_says(workspace.id)
    teach([SONGS], "prepurchase", bob)

    kind, duty = Lesson.objects.filter(head="kind").get(), Lesson.objects.get(head="duty")
    assert (kind.label, kind.predicted) == ("prepurchase", said.kind.value)
    assert (duty.label, duty.predicted, duty.source) == ("answer", said.duty.value, "corrected")
    assert kind.chance == pytest.approx(said.probabilities()["kind"]["prepurchase"], abs=0.001)
    assert {kind.number, duty.number} == {1, 2}


def test_to_say_that_it_is_right_teaches_too(workspace: Workspace, bob: User) -> None:
    (message,) = messages(["Where is my order?"])
    judged = services.assess([message])[message.id]

    services.correct(message.id, "kind", judged.kind, bob.id)
    services.correct(message.id, "kind", judged.kind, bob.id)

    assert set(Lesson.objects.values_list("source", flat=True)) == {"confirmed"}
    assert Lesson.objects.count() == 2
    assert Understanding.objects.get().labelled == 1


def test_thinking_again_counts_once(workspace: Workspace, bob: User) -> None:
    (message,) = messages([SONGS])

    services.correct(message.id, "kind", "spam", bob.id)
    services.correct(message.id, "kind", "chatter", bob.id)

    known = replay.taught(workspace.id, 99)
    assert len(known) == 1
    assert Understanding.objects.get().labelled == 1


def test_knowing_what_was_taught_takes_one_statement(workspace: Workspace, bob: User) -> None:
    teach([SONGS], "spam", bob)
    mind.mind_of(workspace.id)

    with CaptureQueriesContext(connection) as captured:
        mind.mind_of(workspace.id)

    assert len(captured) == 1


BUYS = [
    f"is the {colour} jacket in size {size} still for sale"
    for colour in ("red", "blue", "green", "black", "white")
    for size in (36, 38, 40, 42, 44, 46)
]
SONGS_OF_MANY = [
    f"{who} sings our {what} so well"
    for who in ("my dad", "the kid", "mum", "grandma", "a friend", "the team")
    for what in ("jingle", "song", "tune", "advert", "hymn")
]


def test_a_better_version_is_promoted(workspace: Workspace, bob: User) -> None:
    teach(BUYS, "prepurchase", bob)
    teach(SONGS_OF_MANY, "chatter", bob)

    made = services.refit(workspace.id)

    assert made is not None
    assert (made.outcome, made.why, made.number, made.up_to) == ("promoted", "", 1, 120)
    scores = made.scores["kind"]
    assert scores["candidate"]["f1"] > scores["shipped"]["f1"]
    assert Understanding.objects.get().snapshot_id == made.id
    assert now_says(workspace.id, "is the grey jacket in size 50 for sale").kind == "prepurchase"


def test_a_worse_version_never_speaks_and_says_why(workspace: Workspace, bob: User) -> None:
    nonsense = ["Where is my order?", "My parcel never arrived", "How do I cancel?", "I am locked"]
    teach([f"{text} {n}" for n in range(16) for text in nonsense], "chatter", bob)
    before = now_says(workspace.id)

    made = services.refit(workspace.id)

    assert made is not None
    assert (made.outcome, made.why) == ("refused", "plain_lines")
    assert now_says(workspace.id).chances == before.chances


def test_back_in_one_step_and_forth_again(workspace: Workspace, alice: User) -> None:
    teach(BUYS, "prepurchase", alice)
    shipped = judge([Item(BUYS[0], "mention")], shipped_model())[0].chances
    services.refit(workspace.id)
    taught = now_says(workspace.id, BUYS[0]).chances

    back = services.go_back(0, member(alice))
    assert now_says(workspace.id, BUYS[0]).chances == shipped
    assert back.outcome == "went_back"

    services.go_back(1, member(alice))
    assert now_says(workspace.id, BUYS[0]).chances == taught
    assert not Lesson.objects.filter(is_left_out=True).exists()
    assert AuditRow.objects.filter(action="triage.went_back").count() == 2
    with pytest.raises(UnknownVersionError):
        services.go_back(99, member(alice))


def test_after_going_back_it_stays_out(workspace: Workspace, alice: User) -> None:
    teach(BUYS, "spam", alice)
    services.go_back(0, member(alice))
    assert services.refit(workspace.id) is None

    teach(["does the jacket come with a hood"], "prepurchase", alice)

    assert replay.taught(workspace.id, 999).labels.shape[0] == 1


def test_all_can_be_forgotten(workspace: Workspace, alice: User) -> None:
    before = now_says(workspace.id)
    teach([SONGS] * 3, "spam", alice)
    services.refit(workspace.id)

    assert services.forget_taught(member(alice)) == 6

    assert now_says(workspace.id).chances == before.chances
    assert not Lesson.objects.exists()
    assert not Learned.objects.exists()
    assert AuditRow.objects.filter(action="triage.forgot").count() == 1


def test_what_is_quieted_is_sampled_the_day_after(workspace: Workspace, bob: User) -> None:
    told = messages([f"haha so true {n}" for n in range(40)])
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    quieted = {"duty": "none", "is_unsure": False}
    Verdict.objects.update(**quieted, decided_at=today + timedelta(hours=5))
    assert to_review(workspace.id, today, share=1.0) == []
    Verdict.objects.update(decided_at=today - timedelta(hours=5))

    first = to_review(workspace.id, today, share=0.5)
    by_hash = {
        one.id
        for one in told
        if int(md5(str(one.id).encode()).hexdigest()[:8], 16) % 1000 < 500  # noqa: S324  as PostgreSQL does
    }
    assert {one.id for one in first} == by_hash

    services.correct(first[0].id, "duty", "none", bob.id, source="reviewed")
    assert to_review(workspace.id, today, share=0.5) == first[1:]
    services.correct(first[1].id, "duty", "answer", bob.id, source="reviewed")
    assert to_review(workspace.id, today, share=0.5) == first[2:]


def test_from_two_hundred_labels_on_it_quiets(workspace: Workspace, alice: User) -> None:
    texts = [f"haha so true {n}" for n in range(104)] + [f"Where is order {n}?" for n in range(100)]
    for at, message in enumerate(messages(texts)):
        services.correct(message.id, "kind", "chatter" if at < 104 else "question", alice.id)
    assert not mind.mind_of(workspace.id).quiets

    services.refit(workspace.id)

    known = mind.mind_of(workspace.id)
    assert known.quiets
    (idle,) = messages(["haha so true 7"])
    verdict = services.assess([idle])[idle.id]
    assert (verdict.duty, verdict.is_unsure) == ("none", False)
    (harm,) = messages(["haha so true there is smoke in the cabin, help"])
    assert services.assess([harm])[harm.id].duty == "answer"

    services.choose_bands(member(alice), may_quiet=False, miss_budget=0.02, sure={})
    assert services.assess([idle])[idle.id].is_unsure
