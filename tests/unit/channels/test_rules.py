"""Which headers stay, how pauses grow, who follows whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hearwell.channels.rules import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    is_public_url,
    kept_headers,
    lanes_of,
    own_lanes,
    pause_after,
)
from hearwell.connect.model import (
    Audience,
    Author,
    InboundMessage,
    MessageDeleted,
    MessageKind,
    Reacted,
)

AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "is_kept"),
    [
        ("content-type", True),
        ("x-hub-signature-256", True),
        ("webhook-id", True),
        ("x-telegram-bot-api-secret-token", False),
        ("x-api-key", False),
        ("authorization", False),
        ("cookie", False),
        ("x-forwarded-for", False),
        ("x-real-ip", False),
        ("host", False),
    ],
)
def test_kept_headers(name: str, *, is_kept: bool) -> None:
    assert (name in kept_headers({name: "v"})) is is_kept


def test_pauses_grow_and_are_capped() -> None:
    for failures in (1, 3, 8, 16, 1000):
        pauses = [pause_after(failures).total_seconds() for _ in range(200)]
        assert min(pauses) >= FIRST_PAUSE_S / 2
        assert max(pauses) <= min(LONGEST_PAUSE_S, 2 ** min(failures, 16))
    assert max(pause_after(8).total_seconds() for _ in range(200)) > 60


def _message(**more: str) -> InboundMessage:
    return InboundMessage(
        external_id="m1",
        dedup_key="m1",
        occurred_at=AT,
        account="a",
        thread_key="t1",
        kind=MessageKind.COMMENT,
        audience=Audience.PUBLIC,
        author=Author("x"),
        text="",
        **more,
    )


def test_an_item_follows_its_thread_its_parent_and_what_it_is_about() -> None:
    deletion = MessageDeleted(external_id="m1", dedup_key="d", occurred_at=AT, account="a")
    reaction = Reacted(
        external_id="r1", dedup_key="r", occurred_at=AT, account="a", reaction="+", target_id="m1",
        actor=Author("x"),
    )  # fmt: skip
    blocked = own_lanes(_message())

    assert blocked == {"id:m1", "thread:t1"}
    assert blocked & lanes_of(deletion)
    assert blocked & lanes_of(reaction)
    assert "id:m0" in lanes_of(_message(parent_id="m0"))
    assert "id:m0" not in own_lanes(_message(parent_id="m0"))


@pytest.mark.parametrize(
    ("url", "is_public"),
    [
        ("https://care.northwind.com", True),
        ("https://93.184.216.34", True),
        ("http://care.northwind.com", False),
        ("https://localhost:8000", False),
        ("https://hearwell", False),
        ("https://hearwell.local", False),
        ("https://care.internal.", False),
        ("https://192.168.1.4", False),
        ("https://[fd00::1]", False),
        ("", False),
    ],
)
def test_an_address_is_public_if_a_network_outside_could_call_it(url: str, is_public: bool) -> None:
    assert is_public_url(url) is is_public
