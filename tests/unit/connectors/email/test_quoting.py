"""What is folded away, and when nothing is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.connectors.email.flowed import unflowed
from hearwell.connectors.email.html_text import text_of_html
from hearwell.connectors.email.quoting import parted

ATTRIBUTIONS = [
    "On Sun, Nov 22, 2026 at 9:00 AM Northwind <support@northwind.test> wrote:",
    "Am 22.11.2026 um 09:00 schrieb Northwind:",
    "Le 22/11/2026 à 09:00, Northwind a écrit :",
    "El dom, 22 nov 2026 a las 9:00, Northwind (<support@northwind.test>) escribió:",
    "Il giorno dom 22 nov 2026 alle ore 09:00 Northwind <support@northwind.test> ha scritto:",
    "Em dom., 22 de nov. de 2026 às 09:00, Northwind <support@northwind.test> escreveu:",
    "Op zo 22 nov 2026 om 09:00 schreef Northwind <support@northwind.test>:",
    "Den sön 22 nov. 2026 kl 09:00 skrev Northwind <support@northwind.test>:",
    "niedz., 22 lis 2026 o 09:00 Northwind <support@northwind.test> napisał(a):",
    "ne 22. 11. 2026 v 9:00 odesílatel Northwind <support@northwind.test> napsal:",
    "вс, 22 нояб. 2026 г. в 09:00, Northwind <support@northwind.test>:",
    "Northwind <support@northwind.test>, 22 Kas 2026 Paz, 09:00 tarihinde şunu yazdı:",
    "2026年11月22日(日) 9:00 Northwind <support@northwind.test>:",
    "Northwind <support@northwind.test> 于2026年11月22日周日 09:00写道：",
    "2026년 11월 22일 (일) 오전 9:00, Northwind <support@northwind.test>님이 작성:",
    "في الأحد، 22 نوفمبر 2026 في 9:00 ص كتب Northwind <support@northwind.test>:",
    (
        "\u202bבתאריך יום א׳, 22 בנוב׳ 2026 ב-9:00 מאת \u202aNorthwind\u202c\u200f"
        " <\u202asupport@northwind.test\u202c\u200f>:\u202c"
    ),
]
HEADERS = [
    "From: Northwind\nSent: Sunday\nTo: Lena\nSubject: Bag",
    "Von: Northwind\nGesendet: Sonntag\nAn: Lena\nBetreff: Koffer",
    "*De:* Northwind\n*Enviado:* domingo\n*Para:* Lena\n*Asunto:* Maleta",
    "Da: Northwind\nInviato: domenica\nA: Lena\nOggetto: Valigia",
    "差出人: Northwind\n送信日時: 2026年\n宛先: Lena\n件名: 荷物",
    "发件人: Northwind\n日期: 2026\n收件人: Lena\n主题: 行李",
    "من: Northwind\nتاريخ الإرسال: الأحد\nإلى: Lena\nالموضوع: حقيبة",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_above_a_quote(attribution: str) -> None:
    text = f"Thank you.\n\n{attribution}\n\n> Hello\n> Lena\n"
    assert parted(text).new == "Thank you."
    assert attribution in parted(text).full


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_answer_below_a_quote(attribution: str) -> None:
    assert parted(f"{attribution}\n> Hello\n\nThank you.").new == "Thank you."


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("line", ["", "________________________________\n"])
def test_an_answer_above_outlooks_headers(headers: str, line: str) -> None:
    assert parted(f"Thank you.\n\n{line}{headers}\n\nHello Lena,\nall of it").new == "Thank you."


@pytest.mark.parametrize(
    "text",
    [
        "I wrote on 22 November 2026 at 9:00:\nno answer since.",
        "From: Lisbon\nTo: Berlin\nwas my flight.",
        "Reasons: 1) late 2) rude\nFrom: me",
        "> only a quote",
        "Look:\n---\nnot a signature",
        "--\nonly a signature",
    ],
)
def test_what_only_looks_like_a_quote_is_shown(text: str) -> None:
    assert parted(text).full == ""
    assert parted(text).new == text


def test_one_answer_around_a_quote_keeps_both_halves() -> None:
    text = "First.\n\n> a question\n\nSecond."
    assert parted(text).new == "First.\n\nSecond."


def test_a_signature_between_answer_and_quote_is_folded() -> None:
    text = "Thank you.\n-- \nLena\nLisbon\n\nOn 22 Nov 2026, x@y.test wrote:\n> Hello"
    assert parted(text).new == "Thank you."


@given(st.text(alphabet="ab> \n:-@0123456789", max_size=300))
def test_nothing_is_lost_whatever_is_written(text: str) -> None:
    found = parted(text)
    whole = found.full or found.new
    assert [line.rstrip() for line in text.split("\n") if line.strip()] == [
        line for line in whole.split("\n") if line
    ]
    assert set(found.new.split("\n")) <= set(whole.split("\n")) | {""}


@given(st.text(max_size=400))
def test_html_never_fails(text: str) -> None:
    assert isinstance(text_of_html(text), str)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<ul><li>a<li>b</ul>", "• a\n• b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("a<script>alert(1)</script>b", "ab"),
        ("a<style>p{}</style>b<title>t</title>", "ab"),
        ("<div style='display:none'>hidden</div>seen", "seen"),
        ("1 &lt; 2 &amp;&nbsp;3", "1 < 2 & 3"),
        ("1 < 2", "1 < 2"),
        ('<a href="https://evil.test/x">https://bank.test</a>',
         "https://bank.test <https://evil.test/x>"),
        ('<a href="https://bank.test/">bank.test</a>', "bank.test"),
        ('<a href="javascript:x()">click</a>', "click"),
        ('<a title="a>b" href="https://x.test/">x</a>', "x <https://x.test/>"),
        ("<!-- a > b -->c", "c"),
        ("<!-- never ends", ""),
        ("<blockquote type='cite'>q<blockquote type=cite>r</blockquote></blockquote>a",
         "> q\n>\n>> r\n>\na"),
        ("<blockquote>not a quoted mail</blockquote>", "not a quoted mail"),
        ("a\u200bb\u00adc", "a b c"),
        ("<b>x</b></i></p>y", "x\ny"),
    ],
)  # fmt: skip
def test_html_as_a_reader_would_see_it(markup: str, text: str) -> None:
    assert text_of_html(markup) == text


def test_flowed_lines_are_put_together() -> None:
    assert unflowed("one \ntwo\n\n> quoted \n> on\n>> deeper \nnew") == (
        "one two\n\n> quoted on\n>> deeper \nnew"
    )
    assert unflowed("ぜん \nぶ", is_joined=True) == "ぜんぶ"
    assert unflowed("text \n-- \nLena") == "text \n-- \nLena"
