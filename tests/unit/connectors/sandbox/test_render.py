"""Drafts as Harbour wants them, and what stops them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.connect.attachments import Attachment
from hearwell.connect.model import Account, Audience, Author, Draft
from hearwell.connectors.sandbox.connector import SandboxConnector
from hearwell.connectors.sandbox.render import payload_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACCOUNT = Account("page-1")
PUBLIC = Draft(text="Hi", audience=Audience.PUBLIC, account="page-1", parent_id="7", initials="AB")
PRIVATE = Draft(text="Hi", audience=Audience.PRIVATE, account="page-1", to=Author("lena"))


def _codes(draft: Draft) -> list[str]:
    return [problem.code for problem in SandboxConnector().preflight(ACCOUNT, draft, NOW)]


def test_good_drafts() -> None:
    assert _codes(PUBLIC) == _codes(PRIVATE) == []


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(PUBLIC, account="page-2"), "not_allowed"),
        (replace(PUBLIC, parent_id=None), "target_gone"),
        (replace(PRIVATE, to=None), "target_gone"),
        (replace(PUBLIC, text=" \n"), "refused"),
        (replace(PUBLIC, text="x" * 277), "too_long"),
        (replace(PRIVATE, text="x" * 1001), "too_long"),
        (replace(PRIVATE, parent_seen_at=NOW - timedelta(days=7, seconds=1)), "window_closed"),
        (replace(PUBLIC, media=(Attachment("video/mp4", "bag.mp4", 9),)), "media_rejected"),
    ],
)
def test_what_stops_a_draft(draft: Draft, code: str) -> None:
    assert _codes(draft) == [code]


@pytest.mark.parametrize(
    "draft",
    [
        replace(PUBLIC, text="x" * 276),
        replace(PUBLIC, text="👨‍👩‍👧‍👦" * 276),
        replace(PUBLIC, text="x" * 276 + " ^AB"),
        replace(PRIVATE, text="x" * 1000),
        replace(PRIVATE, parent_seen_at=NOW - timedelta(days=7)),
        replace(PUBLIC, parent_seen_at=NOW - timedelta(days=700)),
    ],
)
def test_just_within(draft: Draft) -> None:
    assert _codes(draft) == []


def test_initials_in_public_only() -> None:
    path, body = payload_of(PUBLIC, "k")
    assert (path, body) == ("comments", {"text": "Hi ^AB", "client_ref": "k", "in_reply_to": "7"})
    path, body = payload_of(replace(PRIVATE, initials="AB"), "k")
    assert (path, body) == ("messages", {"text": "Hi", "client_ref": "k", "to": "lena"})
