"""Papers are set by a child: words are never markup, and what takes too long is given up."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hearwell.kit.paper.blocks import (
    Column,
    Columns,
    Fig,
    Figures,
    Heading,
    Items,
    Note,
    Paper,
    Share,
    Shares,
    Table,
    Terms,
    Text,
)
from hearwell.kit.paper.printing import MOST_BYTES, PaperError, pdf_of

PAPER = Paper(
    "Service", "Northwind Air", "March", "Made today", datetime(2026, 3, 3, tzinfo=UTC), "de",
    is_rtl=False, page="Seite {n} von {all}",
    blocks=[
        Note("Clocks changed."), Heading("Answered", "beside"), Text("48 %.", "In part", "warn"),
        Figures([Fig("Rate", "2 of 4", "n 4", "n < 30"), Fig("Median", "2 h", "n 400")]),
        Table("Accounts", ["Account", "n"], [["northwind", "4"]], (1,), (0,), foot="Few."),
        Columns("By hour", [Column("00", "3", 1.0), Column("01", "0", 0.0)]),
        Shares("Rate", [Share("00", 0.5), Share("01", None), Share("02", 1.0)]),
        Terms([("Rate", "of those that need an answer")]), Items("People", ["northwind: 3"]),
    ],
)  # fmt: skip


def test_every_kind_of_block_is_set_and_tagged():
    made = pdf_of(PAPER)
    assert made.startswith(b"%PDF-")
    for mark in (b"/StructTreeRoot", b"/Lang(de", b"/S/TH", b"/S/Figure", b"/Alt", b"pdfuaid:part"):
        assert mark in made, mark


def test_words_are_never_markup():
    trick = '#read("/etc/passwd") #panic() $x$ `a` = b \\u{41} #import "@preview/x:1.0.0"'
    made = pdf_of(replace(PAPER, title=trick, blocks=[Heading(trick), Text(trick)]))
    assert made.startswith(b"%PDF-")
    assert re.search(rb"<dc:title>.*#read\(.*/etc/passwd.*#panic\(\)", made, re.DOTALL)


def test_a_sign_that_no_font_has_stops_no_paper():
    made = pdf_of(replace(PAPER, blocks=[Text("\N{EGYPTIAN HIEROGLYPH A001} \x00 \x07")]))
    assert b"/StructTreeRoot" in made


def test_it_is_given_up_after_its_deadline_and_where_it_is_no_report():
    with pytest.raises(PaperError):
        pdf_of(PAPER, deadline_s=0.001)
    with pytest.raises(PaperError):
        pdf_of(replace(PAPER, blocks=[Text("x" * MOST_BYTES)]))
