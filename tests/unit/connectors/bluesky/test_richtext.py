"""Facets by bytes, entities by code points, both ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connect.model import Entity
from hearwell.connectors.bluesky.richtext import entities_of, facets_of

KNOWN = {"lena.test": "did:plc:lena", "northwind.bsky.social": "did:plc:northwind"}


def _marked(text: str) -> list[tuple[str, str]]:
    """What is marked, cut out by bytes as every app does, and what it leads to."""
    raw = text.encode()
    return [
        (
            raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(),
            next(value for name, value in f["features"][0].items() if name != "$type"),
        )
        for f in facets_of(text, KNOWN.get)
    ]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("😀 @lena.test hi", [("@lena.test", "did:plc:lena")]),
        ("(@Lena.Test)", [("@Lena.Test", "did:plc:lena")]),
        ("@nobody.test @lena", []),
        ("mail lena@lena.test", []),
        ("é https://example.com/a_(b).", [("https://example.com/a_(b)",) * 2]),
        ("(https://example.com/a_(b))", [("https://example.com/a_(b)",) * 2]),
        ("https:// and http://", []),
        ("https://example.com/@lena.test", [("https://example.com/@lena.test",) * 2]),
        ("https://example.com/#tag", [("https://example.com/#tag",) * 2]),
        ("日本 #旅行, #1 #a1", [("#旅行", "旅行"), ("#a1", "a1")]),
        ("#" + "x" * 65, []),
        ("on its way. ^AB", []),
    ],
)
def test_marks(text: str, marked: list[tuple[str, str]]) -> None:
    assert _marked(text) == marked


def _facet(start: Any, end: Any, **target: str) -> dict[str, Any]:
    (name, value) = next(iter(target.items()))
    kind = {"did": "mention", "uri": "link", "tag": "tag"}[name]
    feature = {"$type": f"app.bsky.richtext.facet#{kind}", name: value}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_entities_are_in_code_points(before: str, after: str) -> None:
    before, after = (text.encode("utf-8", "ignore").decode() for text in (before, after))
    start = len(before.encode())
    text = f"{before}@lena.test{after}"
    (entity,) = entities_of(text, [_facet(start, start + 10, did="did:plc:lena")])
    assert entity == Entity(len(before), len(before) + 10, "mention", "did:plc:lena")
    assert text[entity.start : entity.end] == "@lena.test"


@pytest.mark.parametrize(
    "facets",
    [
        None,
        {},
        [None],
        [{}],
        [{"index": {"byteStart": 0, "byteEnd": 1}, "features": "x"}],
        [_facet(0, 99, tag="x")],
        [_facet(-1, 2, tag="x")],
        [_facet(3, 3, tag="x")],
        [_facet(True, 3, tag="x")],
        [_facet(0.0, 3, tag="x")],
        [_facet(1, 4, tag="x")],  # inside a character
        [_facet(0, 4, tag="")],
        [{"index": {"byteStart": 0, "byteEnd": 4}, "features": [{"$type": "x#new"}, {}, None]}],
    ],
)
def test_facets_that_do_not_fit_are_left_out(facets: Any) -> None:
    assert entities_of("😀 hi", facets) == ()


def test_ours_come_back_as_they_were_meant() -> None:
    text = "😀 @lena.test see https://example.com/é #help ^AB"
    assert [
        (text[e.start : e.end], e.target) for e in entities_of(text, facets_of(text, KNOWN.get))
    ] == [
        ("@lena.test", "did:plc:lena"),
        ("https://example.com/é", "https://example.com/é"),
        ("#help", "help"),
    ]
