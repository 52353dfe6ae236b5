"""What a term finds, what it leaves alone, and what always wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.kit.shares import Share
from hearwell.listening.rules import Outcome, Wanted, read
from hearwell.listening.tokens import is_one_slip, tokens_of

NORTHWIND = Wanted(
    phrases=("Northwind Air", "Northwind", "Nordwind Air"), exclusions=("Northwind Traders",)
)


@pytest.mark.parametrize(
    "text",
    [
        "Northwind Air lost my bag",
        "NORTHWIND lost my bag",
        "northwind's staff were lovely",
        "northwind’s staff were lovely",
        "Nórthwind, really?",
        "#NorthwindAir never again",
        "#northwindair",
        "#NeverNorthwind again",
        "flew northwind-air home",
        "🛫northwind🛬",
        "flew with Northwind.Twice.",
        "(Northwind)",
    ],
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert read(NORTHWIND, text).outcome is Outcome.HIT


@pytest.mark.parametrize(
    "text",
    [
        "the north wind was cold",
        "northwinds are cold",
        "northwindow cleaning",
        "@northwind_fan what a match",
        "see https://example.com/northwind/terms",
        "write to ceo@northwind.example",
        "",
        "🛫",
    ],
)
def test_what_only_looks_like_a_name_is_not_found(text: str) -> None:
    assert read(NORTHWIND, text).outcome is Outcome.NONE


def test_an_exclusion_wins_whatever_else_is_said_and_shows_its_words() -> None:
    text = "Northwind Air and Northwind Traders both kept me waiting"
    reading = read(NORTHWIND, text)
    assert reading.outcome is Outcome.EXCLUDED
    assert [text[span.start : span.end] for span in reading.spans] == ["Northwind Traders"]


def test_the_words_found_can_be_marked_in_the_text() -> None:
    text = "👩‍✈️ Northwind Air, oh #NorthwindAir"
    found = read(NORTHWIND, text).spans
    assert "Northwind Air" in [text[span.start : span.end] for span in found]
    assert "#NorthwindAir" in [text[span.start : span.end] for span in found]


def test_scripts_without_spaces_are_searched_as_they_stand() -> None:
    wanted = Wanted(phrases=("北風航空",), exclusions=("北風航空公園",))
    assert read(wanted, "昨日北風航空に乗りました").is_hit
    assert read(wanted, "北風航空公園の桜").outcome is Outcome.EXCLUDED


def test_upper_and_lower_case_count_only_where_that_is_asked() -> None:
    exact = Wanted(phrases=("ACE",), is_exact=True)
    assert read(exact, "my ACE policy ran out").is_hit
    assert read(exact, "ACE's hotline").is_hit
    assert read(exact, "that was an ace").outcome is Outcome.NONE


def test_one_slip_in_a_long_name_is_forgiven_only_where_that_is_asked() -> None:
    lenient = Wanted(phrases=("Northwind",), is_lenient=True)
    for slip in ("Nortwind", "Northwindd", "Norhtwind", "Northwint"):
        assert read(lenient, f"never {slip} again").is_hit, slip
        assert not read(NORTHWIND, f"never {slip} again").is_hit, slip
    assert not read(Wanted(phrases=("Drift",), is_lenient=True), "a drist").is_hit
    assert not read(lenient, "the southwind blows").is_hit


def test_a_language_that_is_not_meant_is_left_out_and_an_unknown_one_is_not() -> None:
    wanted = Wanted(phrases=("Northwind",), languages=frozenset({"en", "nb"}))
    assert read(wanted, "Northwind", "de-AT").outcome is Outcome.LANGUAGE
    assert read(wanted, "Northwind", "en-GB").is_hit
    assert read(wanted, "Northwind", None).is_hit


def test_a_phrase_does_not_reach_across_sentences() -> None:
    wanted = Wanted(phrases=("Northwind Air",))
    assert not read(wanted, "I love Northwind. Air was fine").is_hit


HARBOUR = Wanted(
    phrases=("Harbour",), exclusions=("Pearl Harbour",), helps=("account",), is_common=True
)


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        ("Is Harbour down again?", True),
        ("harbour blocked my account", True),
        ("We sat at the harbour", False),
        ("I harbour no grudge", False),
        ("Harbour Street is closed", False),
    ],
)
def test_a_common_word_is_weighed_by_what_stands_beside_it(text: str, *, is_ours: bool) -> None:
    reading = read(HARBOUR, text, "en")
    assert reading.outcome is (Outcome.HIT if is_ours else Outcome.UNLIKELY)
    assert reading.reasons


# --- whatever people write -----------------------------------------------------------------------

texts = st.text(alphabet=st.characters(), max_size=300)
phrases = st.lists(texts, max_size=4).map(tuple)
wishes = st.builds(
    Wanted,
    phrases=phrases,
    exclusions=phrases,
    helps=phrases,
    against=phrases,
    languages=st.frozensets(st.sampled_from(["en", "de"])),
    is_common=st.booleans(),
    is_exact=st.booleans(),
    is_lenient=st.booleans(),
)


@given(wishes, texts, st.one_of(st.none(), texts))
def test_nothing_that_people_write_makes_it_fail(
    wanted: Wanted, text: str, language: str | None
) -> None:
    reading = read(wanted, text, language)
    assert all(0 <= span.start < span.end <= len(text) for span in reading.spans)
    assert read(wanted, text, language) == reading, "the same question has the same answer"


words = st.lists(
    st.sampled_from(["Harbour", "harbour", "is", "the", "down", "my", "#HarbourFail", "bank", "."]),
    max_size=12,
).map(" ".join)


@given(words, words, st.booleans(), st.booleans())
def test_an_exclusion_in_the_text_never_lets_it_in(
    before: str,
    after: str,
    is_common: bool,
    is_lenient: bool,
) -> None:
    wanted = Wanted(
        phrases=("Harbour",),
        exclusions=("lighthouse",),
        is_common=is_common,
        is_lenient=is_lenient,
    )
    assert not read(wanted, f"{before} Lighthouse {after}").is_hit


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_a_slip_works_both_ways_and_is_never_none(left: str, right: str) -> None:
    assert is_one_slip(left, right) == is_one_slip(right, left)
    assert not is_one_slip(left, left)


def test_words_keep_their_places() -> None:
    text = "Ünder the #BigWave, @ann said: it's 5 o’clock"
    assert [text[t.start : t.end] for t in tokens_of(text)] == [
        "Ünder", "the", "#BigWave", "@ann", "said", "it's", "5", "o’clock",
    ]  # fmt: skip


def test_a_share_says_how_sure_it_is() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    low, high = Share(9, 10).interval or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)  # Wilson, by hand
    assert Share(10, 10).interval == pytest.approx((0.722, 1.0), abs=0.001)
