"""The files of words, and the rules of what alarms together."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearwell.triage.matters import tables


def test_every_language_has_only_classes_that_english_has():
    known = set(tables.classes())

    for language, table in tables.entries().items():
        assert set(table) <= known, language


def test_entries_are_short_and_stand_once():
    for language, table in tables.entries().items():
        for name, words in table.items():
            assert len(words) == len(set(words)), (language, name)
            assert all(len(word.split()) <= 8 for word in words), (language, name)
            assert all(word == word.lower() for word in words), (language, name)


def test_every_class_that_a_rule_needs_has_words():
    needed = {name for rule in tables.rules() for name in rule.classes}
    filled = {name for table in tables.entries().values() for name, words in table.items() if words}

    assert needed <= filled


def test_each_language_of_our_lines_knows_the_classes_of_danger():
    for language in ("en", "de", "fr", "es", "it", "pt", "nl", "ar", "hi-Latn"):
        table = tables.entries()[language]
        assert {"selfharm", "grave", "sick", "med", "fire", "sure", "surepress"} <= set(table)


def test_a_bad_file_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "together.txt"
    bad.write_text("# words\nsafety: sick + nonsense\n", "utf8")
    monkeypatch.setattr(tables, "TOGETHER", bad)

    with pytest.raises(tables.BadTableError, match=r"together.txt, line 2: nonsense is not known"):
        tables.rules.__wrapped__()

    words = tmp_path / "xx.txt"
    words.write_text("stray, words\n", "utf8")
    with pytest.raises(tables.BadTableError, match="line 1: words before the first"):
        tables._classes(words)
