"""Every template compiles, is written to be read, and holds nothing the policy would refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template.loader import get_template

import hearwell
from tools import templates as lint

SOURCE = Path(hearwell.__file__).parent
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))


def test_there_are_templates():
    assert TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_it_compiles(path):
    name = str(path).rpartition("/templates/")[2]
    get_template(name)


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        '<button hx-on:click="x()">',
        '<button onclick="x()">',
        '<div hx-vals="js:{a: 1}">',
        '<a href="javascript:x()">',
        """<div hx-trigger="keyup[key=='Enter']">""",
        "<script>x()</script>",
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        f"<p>{'x' * lint.LONGEST_LINE}</p>",
    ],
)
def test_the_lint_finds(text, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f"<html>\n{text}")
    assert [line for line in lint.complaints(page, tmp_path) if line.startswith("page.html:2")]


@pytest.mark.parametrize(
    "text",
    [
        '<script nonce="{{ csp_nonce }}">x()</script>',
        '<script src="{% static \'x.js\' %}" type="module"></script>',
        '<a href="https://example.com/">',
        '{# style="" is not allowed #}',
        '<p data-style="x" class="y">',
        "x" * lint.LONGEST_LINE,
    ],
)
def test_the_lint_lets_pass(text, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(text)
    assert not list(lint.complaints(page, tmp_path))
