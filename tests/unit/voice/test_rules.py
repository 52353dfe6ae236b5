"""The classes of posts against a table that was labelled by hand, and counting them."""

from __future__ import annotations

import csv
import gzip
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.voice.counting import Counted, accounts_of, crowded_days, tally_of, weeks_of
from hearwell.voice.rules import MARKETING, PostClass, told_by_words
from tests.unit.triage.test_public_sets import FOLDER
from tests.unit.voice.labelled import POSTS

C = PostClass
LETTERS = {"p": C.PROMOTION, "i": C.INFORMATION, "e": C.ENTERTAINMENT}
ONE, OTHER = UUID(int=1), UUID(int=2)
MONDAY = date(2026, 3, 2)


def agreed(posts) -> tuple[int, int, int]:
    """Return (right, decided, all)."""
    told = [(label, told_by_words(text).klass) for label, text in posts]
    decided = [(label, klass) for label, klass in told if klass is not C.UNSURE]
    return sum(LETTERS[label] is klass for label, klass in decided), len(decided), len(told)


def test_the_rules_agree_with_the_hand_on_the_half_that_was_looked_at_and_on_the_other():
    assert agreed(POSTS[::2]) == (50, 50, 50)
    assert agreed(POSTS[1::2]) == (49, 49, 50)


# Of the public archive, by the text's hash: all its posts that answer nobody. They were read before
# there were rules, and labelled before the rules had judged them.
ARCHIVED = {
    "735044786c52": "e", "32d7f6a0b92a": "e", "b038599d1969": "p", "f09d7c072a18": "i",
    "4fb575a6b574": "e", "4d2abaac8d70": "p", "130cafca10e7": "e", "2ac37fb24d16": "i",
    "324dbcd11ae0": "e", "dacfd6738c2c": "e", "d1359e8203a6": "i", "83d5c34ce507": "i",
    "fa8559a4e319": "i", "01f59bcbe10d": "i", "4b11bb867935": "p",
}  # fmt: skip


def test_of_real_brands_they_decide_fewer_and_are_wrong_once():
    path = FOLDER / "twcs_sample.csv.gz"
    if not path.exists():
        pytest.skip(f"{path} is not here: set HEARWELL_DATA to the folder of public sets")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        posts = [
            (ARCHIVED[key], row["text"])
            for row in csv.DictReader(lines)
            if (key := sha256(row["text"].encode()).hexdigest()[:12]) in ARCHIVED
        ]
    assert agreed(posts) == (10, 11, 15)


@pytest.mark.parametrize(
    ("text", "klass", "word"),
    [
        ("Nur heute: 25 % Rabatt!", C.PROMOTION, "rabatt"),
        ("New arrivals: https://shop.nw.example/x", C.PROMOTION, "https://shop.nw"),
        ("Die Störung ist behoben.", C.INFORMATION, "störung"),
        ("It’s quiz time", C.ENTERTAINMENT, "quiz"),
        ("Quiz: win a voucher, 20% off. Shop now", C.PROMOTION, "voucher"),
    ],
)
def test_the_words_that_decided_are_told(text, klass, word):
    told = told_by_words(text)
    assert told.klass is klass
    assert any(said.startswith(word) for _klass, said in told.words)


def test_as_much_for_two_classes_or_too_little_is_unsure_and_says_of_which():
    both = told_by_words("Quiz with a coupon")
    assert both.klass is C.UNSURE
    assert {klass for klass, _word in both.words} == {C.PROMOTION, C.ENTERTAINMENT}
    assert both.is_coupon
    assert told_by_words("On Monday") == told_by_words("on monday")
    assert told_by_words("On Monday").klass is told_by_words("").klass is C.UNSURE
    assert told_by_words("Wir freuen uns auf euch").klass is C.UNSURE


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_a_class_and_never_care(text):
    told = told_by_words(text)
    assert told.klass in {*MARKETING, C.UNSURE}
    assert len(told.words) <= 6


POSTS_COUNTED = st.builds(
    Counted,
    day=st.integers(0, 40).map(lambda n: MONDAY + timedelta(days=n)),
    channel_id=st.sampled_from([ONE, OTHER]),
    klass=st.sampled_from(list(C)),
    n=st.integers(1, 3),
    is_coupon=st.booleans(),
    is_automatic=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(POSTS_COUNTED, max_size=30))
def test_weeks_and_accounts_add_up_to_all(counted):
    whole = tally_of(counted)
    weeks = weeks_of(counted, MONDAY, MONDAY + timedelta(days=40))
    accounts = accounts_of(counted)
    for parts in ([one.tally for one in weeks], [one.tally for one in accounts]):
        assert sum(one.n for one in parts) == whole.n
        assert sum(one.coupons for one in parts) == whole.coupons <= whole.others
        assert sum(one.automatic for one in parts) == whole.automatic <= whole.care


def test_more_than_one_a_day_is_by_account_and_answers_do_not_count():
    day, next_day = MONDAY, MONDAY + timedelta(days=1)
    counted = [
        Counted(day, ONE, C.CARE, 50),
        Counted(day, ONE, C.PROMOTION),
        Counted(day, OTHER, C.PROMOTION),
        Counted(next_day, ONE, C.UNSURE),
        Counted(next_day, ONE, C.INFORMATION),
    ]
    assert crowded_days(counted) == {next_day}
    assert crowded_days(counted, [C.PROMOTION]) == set()
    assert crowded_days([*counted, Counted(day, ONE, C.PROMOTION)], [C.PROMOTION]) == {day}


def test_a_week_that_is_cut_says_how_many_of_its_days_count():
    weeks = weeks_of([], MONDAY + timedelta(days=2), MONDAY + timedelta(days=8))
    assert [(one.monday, one.days, one.is_whole) for one in weeks] == [
        (MONDAY, 5, False),
        (MONDAY + timedelta(days=7), 2, False),
    ]
    assert weeks[0].tally.care_share is None
