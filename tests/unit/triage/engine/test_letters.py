"""Languages by their letters: what py3langid says, in less memory."""

from __future__ import annotations

from functools import cache

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from hearwell.triage.engine.letters import Letters, load
from hearwell.triage.engine.tongue import COMMON
from hearwell.triage.training.sets import written

CYRILLIC = ("ru", "uk", "bg", "sr")  # Serbian is in the model twice, once in each script


@cache
def letters() -> Letters:
    return load((*COMMON, *CYRILLIC))


@cache
def library(languages: tuple[str, ...]) -> LanguageIdentifier:
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(languages)
    return found


TEXTS = [one.text for one in written()[::40]]
ODD = ["", "a", "é", "ß", "HALLO WELT", "日本語", "👍", "x" * 400, "Где моя посылка", "ђак прича"]


@pytest.mark.parametrize("languages", [COMMON, COMMON[:2], CYRILLIC])
def test_it_says_what_the_library_says(languages: tuple[str, ...]) -> None:
    for text in [*TEXTS, *ODD]:
        ours, theirs = dict(letters().rank(text, languages)), library(languages).rank(text)
        assert ours == pytest.approx(dict(theirs), abs=2e-3), text


def test_the_likeliest_is_first() -> None:
    ranked = letters().rank("wo bleibt denn mein paket", COMMON)
    assert ranked[0][0] == "de"
    assert [chance for _, chance in ranked] == sorted((c for _, c in ranked), reverse=True)


def test_what_it_does_not_know_is_left_out() -> None:
    assert {name for name, _ in letters().rank("hello", ("en", "tlh"))} == {"en"}


def test_it_takes_a_fraction_of_the_automaton() -> None:
    model = letters()
    held = sum(array.nbytes for array in (model.states, model.piece, model.told, model.prior))
    assert held < len(library(COMMON).tk_nextmove) * library(COMMON).tk_nextmove.itemsize / 5
