"""What stops a draft on every network: what is wrong, and how it is said."""

from __future__ import annotations

from hearwell.connect import preflight
from hearwell.connect.attachments import Attachment
from hearwell.connect.mediarule import MediaRule
from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.textrule import CodePoints, Graphemes
from hearwell.connect.wording import BYTES_TOO_LONG

OURS = Account("1", "northwind")
PICTURE = Attachment("image/png", "a.png", 10)


def draft(text: str = "Hello", account: str = "1", *media: Attachment) -> Draft:
    return Draft(text=text, audience=Audience.PUBLIC, account=account, media=media)


def test_a_draft_is_for_one_account_of_ours() -> None:
    assert preflight.for_another(OURS, draft()) is None
    other = preflight.for_another(OURS, draft(account="2"))
    assert other == Problem("not_allowed", "This reply was written for another account.")
    assert preflight.for_another(OURS, draft(account="2"), "Wrong bot.") == Problem(
        "not_allowed", "Wrong bot."
    )


def test_a_file_says_something_only_where_it_goes_alone() -> None:
    empty = Problem("refused", "There is nothing to send yet.")
    assert preflight.nothing(draft(" \n")) == preflight.wordless(draft(" \n")) == empty
    assert preflight.nothing(draft("", "1", PICTURE)) is None
    assert preflight.wordless(draft("", "1", PICTURE)) == empty
    assert preflight.nothing(draft()) is preflight.wordless(draft()) is None


def test_what_is_too_long_says_by_how_much() -> None:
    assert preflight.too_long(CodePoints(5), "Hello", "X") is None
    over = preflight.too_long(CodePoints(3), "Hello", "Harbour")
    assert over == Problem("too_long", "2 characters too long for Harbour.")
    over = preflight.too_long(CodePoints(3), "Hello", "Harbour", BYTES_TOO_LONG)
    assert over == Problem("too_long", "2 bytes too long for Harbour, which takes 3.")
    assert preflight.too_long(Graphemes(5, max_bytes=4), "Hello", "Harbour") is not None


def test_what_was_found_stands_before_the_files() -> None:
    found = Problem("target_gone", "Nobody is here.")
    listed = preflight.listed(MediaRule("Harbour"), draft("", "1", PICTURE), [None, found])
    assert listed[0] == found
    assert [one.code for one in listed[1:]] == ["media_rejected"]
    assert preflight.listed(MediaRule("Harbour"), draft(), [None]) == []
