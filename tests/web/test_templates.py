"""What the content security policy forbids is in no template; what people read is translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

import hearwell.web

ROOT = Path(hearwell.web.__file__).parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
SHEETS = sorted((ROOT / "static").rglob("*.css"))
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "hx-on": re.compile(r"\shx-on"),
    "an on… attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
    "js: or javascript:": re.compile(r"[\"'](js|javascript):"),
    "a trigger filter": re.compile(r"hx-trigger=\"[^\"]*\["),
    "an inline style sheet": re.compile(r"<style\b"),
    "a script without an address": re.compile(r"<script(?![^>]*\bsrc=)"),
    "something from elsewhere": re.compile(r"(src|href)=\"https?://"),
    "a physical side": re.compile(r"class=\"[^\"]*\b(ml|mr|pl|pr)-"),
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_holds_nothing_the_policy_forbids(path):
    text = path.read_text()
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_compiles(path):
    engines["django"].from_string(path.read_text())


@pytest.mark.parametrize("path", [p for p in TEMPLATES if "hearwell" in p.parts], ids=named)
def test_words_on_the_screen_go_through_gettext(path):
    text = re.sub(
        r"\{% blocktrans.*?\{% endblocktrans\w* %\}", "|", path.read_text(), flags=re.DOTALL
    )
    text = re.sub(
        r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<pre.*?</pre>|<[^>]*>", "|", text, flags=re.DOTALL
    )
    assert re.findall(r"[A-Za-z][a-z]{3,}(?: [a-z]+)+", text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_makes_no_code_and_no_markup_from_text(path):
    text = path.read_text()
    for forbidden in (
        "eval(",
        "new Function",
        ".innerHTML",
        "insertAdjacentHTML",
        "document.write",
    ):
        assert forbidden not in text


@pytest.mark.parametrize("path", [p for p in SHEETS if p.name != "tokens.css"], ids=named)
def test_sheets_use_logical_sides(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    physical = re.findall(
        r"(?:margin|padding|border)-(?:left|right)\b|float:\s*(?:left|right)", text
    )
    assert physical == []


def test_every_colour_is_a_token_outside_tokens():
    text = (ROOT / "static/hearwell/app.css").read_text()
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(", text)
