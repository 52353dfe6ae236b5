"""What several do to triage at once leaves one story."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import connection

from hearwell.accounts.models import Membership, User, Workspace
from hearwell.accounts.scoping import scope
from hearwell.conversations.models import Message
from hearwell.inbox.intake import take_edits, take_in
from hearwell.triage import services
from hearwell.triage.engine.features import Item
from hearwell.triage.engine.judge import Opinion, judge
from hearwell.triage.learning import fitting, mind
from hearwell.triage.models import Learned, Lesson, Understanding, Verdict
from tests import characters
from tests.factories import make_channel, make_edit, make_item, receive

pytestmark = pytest.mark.usefixtures("small_shipped")
SONGS = "the new song is on repeat all day"


def chances(workspace_id: object, text: str = SONGS) -> Opinion:
    known = mind.mind_of(workspace_id)  # type: ignore[arg-type]
    return judge([Item(text, "mention")], known.model, known.delta, known.bands)[0]


def messages(n: int, text: str = SONGS) -> list[Message]:
    return receive(make_channel(), [make_item(f"{text} {at * '!'}") for at in range(n)])


@pytest.fixture
def people(transactional_db: None) -> tuple[Workspace, list[User]]:
    workspace = characters._workspace("Northwind Air", "northwind")
    with scope(workspace.id):
        return workspace, [
            characters._member(workspace, "Alice Adams", "owner", "AA"),
            characters._member(workspace, "Bob Brown", "agent", "BB"),
        ]


def at_once(workspace: Workspace, *acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads and connections of their own; return results or errors."""
    found: list[object] = [None] * len(acts)
    start = Barrier(len(acts))

    def run(at: int) -> None:
        try:
            start.wait(10)
            with scope(workspace.id):
                found[at] = acts[at]()
        except Exception as error:  # noqa: BLE001  it is what the test looks at
            found[at] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_the_same_word_of_two_at_once_teaches_once(people: tuple[Workspace, list[User]]) -> None:
    workspace, (alice, bob) = people
    with scope(workspace.id):
        (one,) = take_in(make_channel(), [make_item(SONGS)])

    found = at_once(
        workspace,
        lambda: services.correct(one.id, "kind", "prepurchase", alice.id),
        lambda: services.correct(one.id, "kind", "prepurchase", bob.id),
    )

    assert [type(one) for one in found] == [Verdict, Verdict]
    with scope(workspace.id):
        state = Understanding.objects.get()
        assert (Lesson.objects.count(), state.lessons, state.labelled) == (2, 2, 1)


def test_two_refits_at_once_make_one_version(
    people: tuple[Workspace, list[User]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, (alice, _) = people
    with scope(workspace.id):
        for message in take_in(make_channel(), [make_item(f"{SONGS} {n}") for n in range(5)]):
            services.correct(message.id, "kind", "prepurchase", alice.id)
    both, whole = Barrier(2), fitting.fitted

    def together(*args: Any) -> fitting.Candidate:
        made = whole(*args)
        both.wait(20)
        return made

    monkeypatch.setattr(fitting, "fitted", together)
    found = at_once(workspace, *(lambda: services.refit(workspace.id),) * 2)

    assert sorted(type(one).__name__ for one in found) == ["Learned", "NoneType"]
    with scope(workspace.id):
        assert list(Learned.objects.values_list("number", flat=True)) == [1]


def test_forgetting_while_a_version_is_made(
    people: tuple[Workspace, list[User]], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, (alice, _) = people
    with scope(workspace.id):
        (one,) = take_in(make_channel(), [make_item(SONGS)])
        services.correct(one.id, "kind", "prepurchase", alice.id)
        services.refit(workspace.id)
        by = Membership.objects.get(user=alice)
    fitting_now, forgotten, whole = Event(), Event(), fitting.fitted

    def slow(*args: Any) -> fitting.Candidate:
        fitting_now.set()
        forgotten.wait(20)
        return whole(*args)

    def forget() -> int:
        fitting_now.wait(20)
        gone = services.forget_taught(by)
        forgotten.set()
        return gone

    monkeypatch.setattr(fitting, "fitted", slow)
    found = at_once(workspace, lambda: services.refit(workspace.id), forget)

    assert found == [None, 2]
    with scope(workspace.id):
        assert not Learned.objects.exists()
        assert mind.mind_of(workspace.id).delta is None


def test_many_acts_at_once_leave_one_story(people: tuple[Workspace, list[User]]) -> None:
    workspace, (alice, bob) = people
    with scope(workspace.id):
        some = take_in(make_channel(), [make_item(f"{SONGS} {n}") for n in range(12)])
        by = Membership.objects.get(user=alice)

    def teach(user: User, kind: str) -> None:
        for message in some:
            services.correct(message.id, "kind", kind, user.id)

    found = at_once(
        workspace,
        lambda: teach(alice, "spam"),
        lambda: teach(bob, "praise"),
        lambda: services.go_back(0, by),
        lambda: services.refit(workspace.id),
        lambda: [take_in(make_channel(handle=f"n{n}"), [make_item(SONGS)]) for n in range(4)],
    )

    assert not [one for one in found if isinstance(one, Exception)]
    with scope(workspace.id):
        numbers = list(Lesson.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, Understanding.objects.get().lessons + 1))
        here = chances(workspace.id).chances
        mind.forget_minds()
        assert here == chances(workspace.id).chances


def test_correcting_and_editing_at_once_wait_for_each_other(
    people: tuple[Workspace, list[User]],
) -> None:
    workspace, (alice, bob) = people
    with scope(workspace.id):
        channel, items = make_channel(), [make_item(f"{SONGS} {n}") for n in range(6)]
        some = take_in(channel, items)

    def edit() -> None:
        for version in range(2, 17):
            take_edits(channel, [make_edit(item, f"haha {version}", version) for item in items])

    def correct(user: User, kinds: tuple[str, str]) -> None:
        for turn in range(15):
            for message in some:
                services.correct(message.id, "kind", kinds[turn % 2], user.id)

    found = at_once(
        workspace,
        edit,
        lambda: correct(alice, ("spam", "praise")),
        lambda: correct(bob, ("praise", "question")),
    )

    assert found == [None, None, None]
