"""The fake server is one that a client written by others can use for all that we need of it."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import Any

import mastodon
import pytest

from hearwell.connect.conformance_files import MP4
from tests.fediverse.people import person, words
from tests.fediverse.server import Instance, running
from tests.house import wait_until

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:mastodon")


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with running(Instance()) as started:
        yield started


@pytest.fixture
def lena(instance: Instance) -> Iterator[mastodon.Mastodon]:
    with person(instance, "lena", "Lena Hoff") as client:
        yield client


@pytest.fixture
def brand(instance: Instance) -> Iterator[mastodon.Mastodon]:
    with person(instance, "northwind", "Northwind Air") as client:
        yield client


def test_who_they_are_and_what_the_server_is(instance: Instance, lena: Any) -> None:
    assert lena.me().acct == "lena"
    assert lena.account_lookup("lena").id == lena.me().id
    assert lena.instance_v2().configuration.statuses.max_characters == 500
    assert lena.instance_v1().uri == "social.example"
    assert lena.stream_healthy()


def test_a_conversation_in_public(lena: Any, brand: Any) -> None:
    post = lena.status_post("@northwind my bag stayed in Lisbon", spoiler_text="luggage")
    (heard, *_) = brand.notifications(mentions_only=True)
    assert (heard.type, heard.status.id, heard.status.spoiler_text) == (
        "mention", post.id, "luggage",
    )  # fmt: skip
    answer = brand.status_reply(post, "We look for it.")
    assert lena.status_context(post.id).descendants[0].id == answer.id
    assert lena.status_context(answer.id).ancestors[0].id == post.id
    assert words([lena.status(answer.id)]) == ["@lena We look for it."]
    edited = lena.status_update(post.id, "@northwind my blue bag stayed in Lisbon")
    assert edited.edited_at > edited.created_at
    assert brand.status_favourite(post.id).favourites_count == 1
    assert brand.status_unfavourite(post.id).favourites_count == 0
    lena.status_delete(post.id)
    with pytest.raises(mastodon.MastodonNotFoundError):
        brand.status(post.id)


def test_in_private(instance: Instance, lena: Any, brand: Any) -> None:
    post = lena.status_post("@northwind my number is 0170 55501", visibility="direct")
    with (
        person(instance, "tom") as tom,
        pytest.raises(mastodon.MastodonNotFoundError),
    ):
        tom.status(post.id)
    (talk, *_) = brand.conversations()
    assert talk.last_status.id == post.id
    # Strangers' private mentions are put by, as on a real server.
    assert post.id not in {one.status.id for one in brand.notifications(types=["mention"])}


def test_a_film_is_prepared_and_then_shown(lena: Any) -> None:
    film = lena.media_post(io.BytesIO(MP4), mime_type="video/mp4")
    assert not film.url
    looks = [bool(lena.media(film).url) for _ in range(2)]
    assert looks == [False, True]
    post = lena.status_post("How my bag came out", media_ids=[film])
    assert [one.type for one in lena.status(post.id).media_attachments] == ["video"]
    waiting = lena.media_post(io.BytesIO(MP4), mime_type="video/mp4")
    assert not waiting.url
    with pytest.raises(mastodon.MastodonAPIError, match="not finished"):
        lena.status_post("Too early", media_ids=[waiting])
    types = lena.instance_v2().configuration.media_attachments.supported_mime_types
    assert {"video/mp4", "audio/mpeg", "image/png"} <= set(types)


def test_pages_lead_on(lena: Any, brand: Any) -> None:
    for number in range(45):
        lena.status_post(f"@northwind {number}")
    first = brand.notifications(limit=20)
    second = brand.fetch_next(first)
    back = brand.fetch_previous(second)
    assert [one.id for one in back] == [one.id for one in first]
    assert len({one.id for one in [*first, *second]}) == 40
    newer = brand.notifications(min_id=first[-1].id, limit=5)
    assert [one.id for one in newer] == [one.id for one in first[-6:-1]]


def test_keys_pace_and_refusals(instance: Instance, lena: Any) -> None:
    once = lena.status_post("Hello", idempotency_key="k-1")
    assert lena.status_post("Hello", idempotency_key="k-1").id == once.id
    with pytest.raises(mastodon.MastodonAPIError, match="422"):
        lena.status_post("x" * 501)
    instance.api.limit = 0
    try:
        with pytest.raises(mastodon.MastodonRatelimitError):
            lena.me()
    finally:
        instance.api.limit = 100_000
    with pytest.raises(mastodon.MastodonUnauthorizedError):
        mastodon.Mastodon(
            access_token="revoked", api_base_url=instance.url, version_check_mode="none"
        ).me()


@pytest.mark.parametrize("shares", [False, True], ids=["lines", "socket"])
def test_streams_tell_what_happens(instance: Instance, lena: Any, brand: Any, shares: bool) -> None:
    heard: list[tuple[str, Any]] = []
    seen = threading.Event()

    class Listener(mastodon.StreamListener):
        def on_notification(self, notification: Any) -> None:
            heard.append(("notification", notification.status.id))

        def on_delete(self, status_id: Any) -> None:
            heard.append(("delete", status_id))
            seen.set()

    handle = None
    before = instance.listeners
    if shares:
        handle = brand.stream_open_websocket()
        brand.stream_user(Listener(), websocket_handle=handle)
    else:
        handle = brand.stream_user(Listener(), run_async=True)
    wait_until(lambda: instance.listeners > before, what="the stream")
    post = lena.status_post("@northwind hello there")
    lena.status_delete(post.id)
    assert seen.wait(10)
    handle.close()

    assert heard == [("notification", post.id), ("delete", post.id)]
