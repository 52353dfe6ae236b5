"""What no person wrote: every sign of RFC 3834 and its neighbours, one at a time."""

from __future__ import annotations

import pytest

from hearwell.connectors.email.fields import Head, head_of, value_of
from hearwell.connectors.email.machines import machine_of


def _head(lines: str) -> Head:
    return head_of(lines.encode())


@pytest.mark.parametrize(
    ("lines", "machine"),
    [
        ("Auto-Submitted: auto-replied", "auto-replied"),
        ("Auto-Submitted: auto-generated (by cron)", "auto-generated (by cron)"),
        ("Auto-Submitted: auto-notified; x=y", "auto-notified"),
        ("auto-submitted:NO", ""),
        ("Precedence: bulk", "bulk"),
        ("Precedence: LIST", "bulk"),
        ("Precedence: first-class", ""),
        ("List-Id: <x.test>", "list"),
        ("List-Unsubscribe: <mailto:x>", "bulk"),
        ("X-Autoreply: yes", "auto-replied"),
        ("X-Auto-Response-Suppress: All", "auto-generated"),
        ("X-Auto-Response-Suppress: DR, RN", ""),
        ("Return-Path: <>", "null-sender"),
        ("Return-Path: <a@b.test>", ""),
        ("Subject: Out of Office", "auto-replied"),
        ("Subject: Re: the office is out", ""),
        ("Subject: Automatic replies do not stop", ""),
        ("Subject: Hello", ""),
    ],
)
def test_signs(lines: str, machine: str) -> None:
    assert machine_of(_head(lines)) == machine


def test_fields_are_unfolded_and_bounded() -> None:
    head = _head("Subject: one\r\n two\r\n\tthree\r\nJunk\r\nX: y\r\n: z\r\n")
    assert head.text("subject") == "one two three"
    assert head.text("x") == "y"
    assert [name for name, _ in head.fields] == ["subject", "x"]
    many = head_of(b"".join(b"X-%d: y\n" % n for n in range(5000)))
    assert len(many.fields) == 1000
    long = head_of(b"X: " + b"y" * 100_000 + b"\n " + b"z" * 100_000)
    assert len(long.raw("x")) == 16 * 1024


@pytest.mark.parametrize(
    ("raw", "name", "value"),
    [
        (b'text/plain; charset="utf-8"', "charset", "utf-8"),
        (b"text/plain; charset=utf-8; format=flowed", "format", "flowed"),
        (b'multipart/mixed; boundary="a;b=c"', "boundary", "a;b=c"),
        (b'a/b; name="say \\"hi\\""', "name", 'say "hi"'),
        (b"a/b; name*=utf-8''%e2%82%ac.pdf", "name", "€.pdf"),
        (b"a/b; name*=iso-8859-1'de'%fc.pdf", "name", "ü.pdf"),
        (b"a/b; name*0=one; name*1=two", "name", "onetwo"),
        (b"a/b; name*1=two; name*0*=utf-8''%c3%bc", "name", "ütwo"),
        (b"a/b; name==?utf-8?q?=C3=BC?=", "name", "ü"),
        (b"a/b; name", "name", ""),
        (b"a/b;;; ;name=x", "name", "x"),
        ('a/b; name="ü.pdf"'.encode(), "name", "ü.pdf"),
        (b"a/b; name*=%zz", "name", "%zz"),
    ],
)
def test_parameters(raw: bytes, name: str, value: str) -> None:
    assert value_of(raw).get(name) == value
