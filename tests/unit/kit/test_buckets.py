"""Token buckets."""

from __future__ import annotations

import pytest

from hearwell.kit.buckets import Buckets, caller_of


class Hand:
    """A clock that is moved by hand."""

    now = 0.0

    def __call__(self):
        return self.now


def test_a_burst_then_a_steady_rate():
    hand = Hand()
    buckets = Buckets(burst=3, per_s=0.5, clock=hand)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 2]
    hand.now = 1.0
    assert buckets.take("a") == 1
    hand.now = 2.0
    assert buckets.take("a") == 0
    assert buckets.take("a") == 2


def test_each_key_has_its_own():
    buckets = Buckets(burst=1, per_s=1, clock=Hand())
    assert [buckets.take("a"), buckets.take("b"), buckets.take("a")] == [0, 0, 1]


def test_a_rest_fills_no_more_than_the_bucket():
    hand = Hand()
    buckets = Buckets(burst=2, per_s=1, clock=hand)
    buckets.take("a")
    hand.now = 1000.0
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]


def test_memory_is_bounded():
    buckets = Buckets(burst=1, per_s=1, at_most=10, clock=Hand())
    for number in range(100):
        buckets.take(str(number))
    assert len(buckets._filled) == 10


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "", True),
    ],
)
def test_whom_an_address_is_counted_to(one, other, is_same):
    assert (caller_of(one) == caller_of(other)) is is_same
