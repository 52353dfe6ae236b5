"""Addresses, and keys that carry a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connectors.bluesky import uris
from hearwell.kit.ids import uuid7, uuid7_at

NOW = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
# Within what TIDs can hold and datetimes can.
_moments = st.integers(0, 7_000_000_000_000_000).map(
    lambda micros: datetime(1971, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
)


@pytest.mark.parametrize(
    "uri",
    ["", "at://", "at://did:plc:a", "at://did:plc:a/c", "at://did:plc:a//r", "http://x/y/z",
     "at://handle.test/c/r", "at://did:plc:a/c/r/more"],
)  # fmt: skip
def test_what_is_no_address(uri: str) -> None:
    assert uris.name_of(uri) is None


def test_parts_of_an_address() -> None:
    uri = "at://did:web:example.com/app.bsky.feed.post/3k2aexample"
    assert uris.name_of(uri) == ("did:web:example.com", uris.POST, "3k2aexample")
    assert uris.uri_of(*uris.name_of(uri)) == uri  # type: ignore[misc]
    assert uris.permalink(uri) == "https://bsky.app/profile/did:web:example.com/post/3k2aexample"


def test_a_tid_of_a_real_server_gives_its_time() -> None:
    # A record of @atproto/dev-env, made at 2026-11-25T19:35:47.58 by its createdAt.
    at = uris.time_of("3n35vrknx2222")
    assert at is not None
    assert abs(at - datetime(2026, 11, 25, 19, 35, 47, 579000, tzinfo=UTC)) < timedelta(seconds=1)


@given(_moments)
def test_a_moment_survives_its_tid(moment: datetime) -> None:
    tid = uris.tid_at(moment)
    assert len(tid) == 13
    assert tid[0] in "234567abcdefghij"
    assert uris.time_of(tid) == moment


@given(_moments, _moments)
def test_tids_sort_as_their_times(one: datetime, other: datetime) -> None:
    assert (uris.tid_at(one) < uris.tid_at(other)) == (one < other)


def test_the_same_token_gives_the_same_key_at_any_time() -> None:
    key = str(uuid7())
    assert uris.record_key(key, NOW) == uris.record_key(key, NOW + timedelta(days=1))


def test_the_key_of_a_timed_token_carries_its_time() -> None:
    key = str(uuid7_at(NOW))
    at = uris.time_of(uris.record_key(key, datetime(1970, 1, 1, tzinfo=UTC)))
    assert at is not None
    assert timedelta(0) <= at - NOW.replace(microsecond=123000) < timedelta(milliseconds=1)


@pytest.mark.parametrize("key", ["6f1c2f6e-9d0b-4c39-8f0e-2b6c1d7a5e44", "k", "", "🧳"])
def test_the_key_of_any_other_token_carries_the_second_it_was_given(key: str) -> None:
    at = uris.time_of(uris.record_key(key, NOW))
    assert at is not None
    assert at.replace(microsecond=0) == NOW.replace(microsecond=0)


def test_tokens_of_one_instant_differ_in_what_is_finer() -> None:
    keys = {uris.record_key(f"token {number}", NOW) for number in range(1000)}
    assert len(keys) == 1000


BRAND, LENA, OMAR = "did:plc:brand", "did:plc:lena", "did:plc:omar"


def _post(did: str, rkey: str = "1") -> str:
    return uris.uri_of(did, uris.POST, rkey)


@pytest.mark.parametrize(
    ("author", "root", "parent", "key"),
    [
        (LENA, _post(LENA), "", _post(LENA)),
        (LENA, _post(LENA), _post(BRAND), _post(LENA)),
        (OMAR, _post(LENA), _post(LENA), f"{_post(LENA)}#{OMAR}"),
        (LENA, _post(BRAND), _post(BRAND), f"{_post(BRAND)}#{LENA}"),
        (BRAND, _post(LENA), _post(LENA), _post(LENA)),
        (BRAND, _post(BRAND), _post(LENA), f"{_post(BRAND)}#{LENA}"),
        (BRAND, _post(BRAND), "", _post(BRAND)),
        (BRAND, _post(LENA), _post(BRAND, "2"), _post(LENA)),
    ],
    ids=["their post", "their reply below it", "another below it", "below ours", "our answer",
         "our answer below ours", "our post", "we go on below theirs"],
)  # fmt: skip
def test_one_thread_for_each_customer_below_a_post(
    author: str, root: str, parent: str, key: str
) -> None:
    assert uris.thread_key(BRAND, author, root, parent) == key
