"""HTML as plain text: what a reader sees, where the links are, whatever the markup is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.kit.markup import Anchor, plain_text

MENTION = (
    '<span class="h-card"><a href="https://a.example/@tom" class="u-url mention">@<span>tom'
    "</span></a></span>"
)
LONG = (
    '<a href="https://example.com/a/very/long/path?x=1&amp;y=2" rel="nofollow">'
    '<span class="invisible">https://</span><span class="ellipsis">example.com/a/very</span>'
    '<span class="invisible">/long/path?x=1&amp;y=2</span></a>'
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("  plain  ", "plain"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<br>two<br />three</p>", "one\ntwo\nthree"),
        ("<p>one<br><br><br><br>two</p>", "one\n\ntwo"),
        ("<p>one\n  two</p>", "one two"),
        ("<p>one </p> <p> two</p>", "one\n\ntwo"),
        ("a &lt;b&gt; &amp;amp; &#x1F9F3; &nbsp;c", "a <b> &amp; 🧳 \xa0c"),
        ("<ul><li>a</li><li>b</li></ul>after", "• a\n• b\n\nafter"),
        ("<p>he said</p><blockquote><p>no</p></blockquote><p>so</p>", "he said\n\n> no\n\nso"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style><p>b</p>", "a\n\nb"),
        ("<script>a<script>b</script>c</script>d", "d"),
        ("<p>never closed", "never closed"),
        ("</p></a></blockquote>fine", "fine"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("<!-- hidden -->seen", "seen"),
        ("<P>UPPER<BR>CASE</P>", "UPPER\nCASE"),
    ],
)
def test_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain_text(markup).text == text


def test_links_are_where_their_words_are() -> None:
    plain = plain_text(f"<p>👨‍👩‍👧‍👦 {MENTION} see {LONG} </p>")

    assert plain.text == "👨‍👩‍👧‍👦 @tom see https://example.com/a/very/long/path?x=1&y=2"
    assert [plain.text[link.start : link.end] for link in plain.links] == [
        "@tom",
        "https://example.com/a/very/long/path?x=1&y=2",
    ]
    assert plain.links[0].anchor == Anchor(
        "@tom", "https://a.example/@tom", frozenset({"u-url", "mention"})
    )


def test_a_link_can_be_worded_otherwise() -> None:
    def longer(anchor: Anchor) -> str:
        return f"{anchor.text}@a.example" if "mention" in anchor.classes else anchor.text

    plain = plain_text(f"<p>{MENTION}, hello {MENTION}</p>", wording=longer)

    assert plain.text == "@tom@a.example, hello @tom@a.example"
    assert [(link.start, link.end) for link in plain.links] == [(0, 14), (22, 36)]


def test_what_carries_a_class_can_be_left_out() -> None:
    markup = '<p class="quote-inline">RE: <span>x</span></p><p>mine</p>'

    assert plain_text(markup, without=["quote-inline"]).text == "mine"
    assert plain_text(markup).text == "RE: x\n\nmine"


def test_a_break_inside_a_link_and_space_before_it() -> None:
    plain = plain_text('x <br> <a href="https://a.example"> <br>go</a> <br>y')

    assert plain.text == "x\n\ngo\ny"
    (link,) = plain.links
    assert plain.text[link.start : link.end] == "go"


PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<br>", '<a href="https://a.example/1" class="u">', "<a>", "</a>", "<ul>",
        "<li>", "</li>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<span>", "</span>",
        "<script>", "</script>", "word", " ", "\n", "&amp;", "&#0;", "&#xD800;", "🧳", "<", ">",
        '"', "<!--", "-->", "\x00", "\ud800",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_markup_gives_text_with_its_links_in_it(markup: str) -> None:
    plain = plain_text(markup)
    longer = plain_text(markup, wording=lambda anchor: f"[{anchor.text}]")

    assert plain.text == plain.text.rstrip()
    assert [plain.text[link.start : link.end] for link in plain.links] == [
        link.anchor.text for link in plain.links
    ]
    assert [longer.text[link.start : link.end] for link in longer.links] == [
        f"[{link.anchor.text}]" for link in longer.links
    ]


@pytest.mark.parametrize(
    "hostile", ["<a ", "<", "&", '<a href="', "<p>", "<blockquote>", "<a href=x> <br></a>", "<!--"]
)
def test_hostile_markup_ends(hostile: str) -> None:
    """A reader that is not linear would not come back from this within the test run."""
    assert plain_text(hostile * 100_000) is not None
