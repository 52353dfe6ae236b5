"""What is said of files before they are sent."""

from __future__ import annotations

import pytest

from hearwell.connect.attachments import Attachment
from hearwell.connect.mediarule import NO_ALT, MediaLimit, MediaRule, plain_size

PHOTO = Attachment("image/jpeg", "bag.jpg", 500, "A bag")
PAPER = Attachment("application/pdf", "form.pdf", 500)
RULE = MediaRule(
    "Wire",
    (
        MediaLimit("image", 2, 1000, frozenset({"image/jpeg"}), max_alt=10),
        MediaLimit("file", 2, 5000),
    ),
    max_bytes=6000,
    most=3,
)


def said(*files: Attachment, rule: MediaRule = RULE) -> list[str]:
    return [problem.message for problem in rule.problems(files) if problem.blocking]


def test_what_fits_is_not_spoken_of() -> None:
    assert RULE.problems([PHOTO, PAPER]) == []


def test_a_photo_too_large_to_be_shown_goes_as_a_file() -> None:
    large = Attachment("image/jpeg", "bag.jpg", 4000)
    found = RULE.limit_for(large)
    assert found
    assert (found.kind, RULE.problems([large])) == ("file", [])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([Attachment("image/jpeg", "x.jpg", 5001, "A")], "x.jpg is too large for Wire: 5 kB"),
        ([PHOTO] * 3, "Wire takes 2 pictures with a message."),
        ([PHOTO, PHOTO, PAPER, PAPER], "Wire takes 3 files with a message."),
        ([Attachment("a/b", "x", 3001)] * 2, "Wire takes 6 kB of files with one message."),
        ([Attachment("image/jpeg", "x.jpg", 5, "A long story")], "2 characters too long"),
    ],
)
def test_what_does_not_fit_is_said_plainly(files: list[Attachment], words: str) -> None:
    (message,) = said(*files)
    assert words in message


def test_a_kind_that_is_not_taken() -> None:
    only_pictures = MediaRule("Wire", RULE.limits[:1])
    assert said(PAPER, rule=only_pictures) == ["Wire does not take this kind of file: form.pdf."]
    assert said(PHOTO, rule=MediaRule("Wire")) == ["Wire does not take this kind of file: bag.jpg."]


def test_a_description_is_asked_for_and_not_demanded() -> None:
    (problem,) = RULE.problems([Attachment("image/jpeg", "bag.jpg", 5, "  ")])
    assert (problem.code, problem.blocking) == (NO_ALT, False)
    assert RULE.problems([PAPER]) == []


def test_what_goes_alone_is_not_sent_beside_another() -> None:
    film = MediaLimit("video", 1, 9000, frozenset({"video/mp4"}), goes_alone=True)
    rule = MediaRule("Wire", (film, *RULE.limits))
    bag = Attachment("video/mp4", "bag.mp4", 9)
    assert said(bag, rule=rule) == []
    alone = "Wire takes a film only by itself. Send the other files apart."
    assert said(bag, PHOTO, rule=rule) == [alone]
    assert said(bag, PAPER, rule=rule) == [alone]
    assert said(bag, bag, rule=rule) == ["Wire takes 1 film with a message."]


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 kB"), (999_999, "999 kB"), (1_000_000, "1 MB"), (1_550_000, "1.6 MB")],
)
def test_sizes_for_people(size: int, words: str) -> None:
    assert plain_size(size) == words
