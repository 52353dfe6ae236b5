"""No pattern stops whoever reads with it; what people write is never a pattern of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hearwell.board.rules import BETWEEN, pattern_of
from hearwell.connect.templates import Template
from hearwell.guard import masking
from hearwell.guard.money import promised
from hearwell.guard.references import references
from hearwell.quality.voice import avoided_in
from hearwell.voice.rules import told_anew
from tests.hostile.backtracking import Found, patterns, slowness, texts
from tests.hostile.weighing import weighed

SOURCE = Path(__file__).parents[2] / "src/hearwell"
# Those that were slow once; all of them with `HEARWELL_HOSTILE=all`.
EVERY = os.environ.get("HEARWELL_HOSTILE") == "all"
MENDED = {
    "hearwell.connectors.bluesky.richtext._TAIL",
    "hearwell.connectors.email.compose._REPLY",
    "hearwell.connectors.sms.words._AROUND",
    "hearwell.conversations.rules._ANSWERS",
    "hearwell.guard.masking._CODE",
    "hearwell.listening.tokens._WORD",
}
# Who compiles what people wrote, which each quotes letter by letter, or a table of its own.
COMPILED = {
    "connect/templates.py",
    "connect/weighted.py",
    "connect/wording.py",
    "connectors/email/imap.py",
    "connectors/email/mime.py",
    "guard/masking.py",
    "guard/money.py",
    "guard/references.py",
    "inbox/links.py",
    "kit/keyfiles.py",  # the names of its own files
    "quality/voice.py",
    "voice/rules.py",  # its own words, once; tried below
    "watching/rules.py",  # a handle, quoted
}
MADE = re.compile(
    r"^\s{4,}.*\b(?:re|regex)"
    r"\.(?:compile|search|match|fullmatch|sub|findall|finditer|split)\((?!r?b?[\"'])",
    re.MULTILINE,
)
CATASTROPHES = (
    "(a+)+$", "(a|aa)+$", "(.*)*b", "(?=a)*", "[a-", "(((a", "\\a\\", "a{1000000000}", "(?P<a>",
    "^(([a-z])+.)+[A-Z]",
)  # fmt: skip


def _slow(one: Found) -> None:
    """Raises if it is slow; in a process that the kernel ends should it never come back."""
    where, pattern, used = one
    text, seconds = slowness(pattern, used)
    message = f"{where} takes {seconds:.1f} s for {text}"
    assert seconds < 1, message


def test_no_pattern_of_ours_looks_back_for_ever() -> None:
    found = {one[0]: one for one in patterns()}
    assert set(found) >= MENDED
    tried = [one for name, one in found.items() if EVERY or name in MENDED]
    slow = [one[0] for one in tried if weighed(lambda one=one: _slow(one), 20).said]
    assert slow == []


def test_the_test_finds_a_catastrophe() -> None:
    for written in ("(a+)+$", r"\s+$"):
        assert weighed(lambda w=written: _slow(("x", re.compile(w), frozenset({"search"}))), 2).said


def test_what_people_write_is_quoted_wherever_it_is_compiled() -> None:
    text = "a" * 20_000 + "!"
    for written in CATASTROPHES:
        assert avoided_in(text, [written]) == []
        assert references(text, [written]) == []
        assert masking.mask(text, names=[written]).text
        assert promised("We refund 5 EUR", written)[:1] == []
        assert not set("+^|{}") & set(pattern_of(f"{written} x").replace(BETWEEN, ""))
        assert Template("t", "en", f"{written} {{{{1}}}}").filled_as(text) is None


def test_a_template_of_many_blanks_is_told_from_other_words_at_once() -> None:
    """Each blank may be anything: together they would be tried in every way there is."""
    blanks = " ".join(f"{{{{{number}}}}}" for number in range(1, 11))
    template = Template("t", "en", f"Dear {blanks} end")
    assert not weighed(lambda: template.filled_as("Dear " + "a " * 400)).said
    words = " ".join("abcdefghij")
    filled = template.filled_as(f"Dear {words} end")
    assert filled
    assert [value for _, value in filled.values] == words.split()


def test_words_of_a_post_are_looked_for_in_no_time() -> None:
    """Others' posts are told by them, too."""

    def told() -> list[object]:
        return [told_anew(text) for text in texts(5000)]

    assert not weighed(told).said


def test_nobody_else_compiles_while_working() -> None:
    """A pattern that is made in a function is made of something: who does so is named above."""
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "fake" not in path.name and MADE.search(path.read_text())
    }
    assert found == COMPILED
