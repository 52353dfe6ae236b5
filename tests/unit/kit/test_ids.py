"""UUIDv7: version, order, monotonicity."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from hearwell.kit.ids import uuid7, uuid7_at


def test_version_and_variant_are_those_of_rfc_9562():
    made = uuid7()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_ids_of_one_process_grow_even_within_a_millisecond():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_threads_never_share_an_id():
    with ThreadPoolExecutor(8) as pool:
        made = [
            one
            for batch in pool.map(lambda _: [uuid7() for _ in range(2000)], range(8))
            for one in batch
        ]
    assert len(set(made)) == 16_000


def test_lower_bound_of_an_instant_sorts_before_ids_made_later():
    assert uuid7_at(datetime.now(UTC)) < uuid7()
    assert uuid7_at(datetime(2020, 1, 1, tzinfo=UTC)).int >> 80 == 1_577_836_800_000
