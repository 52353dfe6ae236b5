"""Question and answer of a thread never share a round; threads do not wait for each other."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
from hearwell.inbox.rules import rounds


def message(thread: str, number: int, *, is_echo: bool = False) -> InboundMessage:
    return InboundMessage(
        external_id=str(number),
        dedup_key=str(number),
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        account="brand",
        thread_key=thread,
        kind=MessageKind.POST,
        audience=Audience.PUBLIC,
        author=Author("x"),
        text="",
        is_echo=is_echo,
    )


def test_a_burst_of_customers_is_one_round():
    items = [message(str(n % 7), n) for n in range(50)]
    assert rounds(items) == [items]


def test_nothing_is_no_round():
    assert rounds([]) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60))
def test_sides_take_turns_and_order_is_kept(script: list[tuple[str, bool]]):
    items = [message(thread, n, is_echo=echo) for n, (thread, echo) in enumerate(script)]
    made = rounds(items)
    for batch in made:
        for thread in "abc":
            assert len({item.is_echo for item in batch if item.thread_key == thread}) <= 1
    for thread in "abc":
        flat = [item for batch in made for item in batch if item.thread_key == thread]
        assert flat == [item for item in items if item.thread_key == thread]
    turns = {
        thread: sum(1 for n, item in enumerate(own) if n == 0 or own[n - 1].is_echo != item.is_echo)
        for thread in "abc"
        if (own := [item for item in items if item.thread_key == thread])
    }
    assert len(made) == max(turns.values(), default=0)
