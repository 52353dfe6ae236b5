"""A plain yes or no is read as one, in five languages; anything else is a person's to read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.surveys.rules import (
    BUTTONS,
    QUESTIONS,
    Solution,
    Status,
    buttons_in,
    question_in,
    read,
    why_not,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
SOLVED = Solution(
    is_closed_as_then=True, closed_at=NOON, last_inbound_at=NOON - timedelta(hours=2),
    last_reply_at=NOON - timedelta(hours=1), audience="private", asked_lately=False,
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["yes", "Yes!", "YES, thanks", "Ja.", "ja, danke 😊", "Sí", "si", "¡Sí, gracias!", "oui",
     "Oui merci", "نعم", "نعم، شكراً", "أجل", "👍", "👍🏽", "yes\n\n> Did that solve it?"],
)  # fmt: skip
def test_a_plain_yes(text):
    assert read(text) is Status.YES


@pytest.mark.parametrize(
    "text",
    ["no", "No.", "NOPE", "not yet", "no, it didn\u2019t",
     "Nein", "Nein, leider nicht", "Nö", "Noch nicht",
     "todavía no", "non", "Pas encore", "لا", "ليس بعد", "👎", "> Did that solve it?\nno"],
)  # fmt: skip
def test_a_plain_no(text):
    assert read(text) is Status.NO


@pytest.mark.parametrize(
    "text",
    ["", "?", "ok", "thanks", "no thanks", "yes and no", "yes but where is my bag?",
     "nein danke", "yes no", "> yes", "no problem", "no " * 20, "ja" * 30, "👍👎", "yes?no"],
)  # fmt: skip
def test_anything_else_is_read_by_a_person(text):
    assert read(text) is None


def test_a_button_says_what_is_read_in_every_language_of_the_question():
    assert BUTTONS.keys() == QUESTIONS.keys()
    for yes, no in BUTTONS.values():
        assert (read(yes), read(no)) == (Status.YES, Status.NO)
    assert buttons_in("ar-EG") == BUTTONS["ar"]
    assert buttons_in("pt") == BUTTONS["en"]


def test_our_words_in_the_customers_language_and_the_owners_before_ours():
    assert question_in({}, "de-AT") == QUESTIONS["de"]
    assert question_in({}, "pt") == question_in({}, "") == QUESTIONS["en"]
    assert question_in({"fr": "Réglé ?"}, "fr") == "Réglé ?"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"is_closed_as_then": False}, "reopened"),
        ({"last_inbound_at": NOON}, "thanked"),
        ({"last_reply_at": None}, "unheard"),
        ({"audience": "public"}, "public"),
        ({"asked_lately": True}, "lately"),
        ({"closed_at": NOON - timedelta(days=30)}, "late"),
    ],
)
def test_who_is_not_asked(change, why):
    assert why_not(replace(SOLVED, **change), NOON, in_public=False) == why


def test_in_public_where_an_owner_says_so():
    assert not why_not(replace(SOLVED, audience="public"), NOON, in_public=True)
