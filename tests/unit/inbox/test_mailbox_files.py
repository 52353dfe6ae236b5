"""A mailbox in one file is cut where its letters begin, whoever wrote it."""

from __future__ import annotations

import io
import mailbox
import random
import tempfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.inbox.archives import mailed
from hearwell.inbox.archives.look import LayoutError, NamelessError, looked_at
from hearwell.inbox.archives.mailed import Filed, letters
from hearwell.inbox.archives.records import ArchiveError, Layout

LENA = b"From lena@example.com Sun Nov 22 08:00:00 2026\n"
HEAD = b"Subject: Bag\nFrom: lena@example.com\n\n"
OWN = ["support@northwind.example"]


def cut(data: bytes) -> list[Filed]:
    return list(letters(io.BytesIO(data)))


def bodies(data: bytes) -> list[bytes]:
    return [letter.body for letter in cut(data)]


def test_letters_have_their_line_their_time_and_their_bytes() -> None:
    first, second = cut(LENA + HEAD + b"One\n\n" + LENA.replace(b"08", b"09") + HEAD + b"Two\n")
    assert (first.line, second.line) == (1, 7)
    assert first.at == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert second.at == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert first.body == HEAD + b"One\n"
    assert second.body == HEAD + b"Two"


@pytest.mark.parametrize(
    "line",
    [
        b"From - Sun Nov 22 08:00:00 2026",
        b"From 1849@xxx Sun Nov 22 08:00:00 +0000 2026",
        b"From ???@??? Sun Nov 22 08:00:00 2026",
        b"From lena@example.com  Sun Nov 22 08:00:00 UTC 2026",
        b"From lena@example.com Sun, 22 Nov 2026 08:00 +0000",
        b'From "lena hoff"@example.com Sun Nov 22 08:00:00 2026 +0000',
    ],
)
def test_lines_that_begin_a_letter_as_programs_write_them(line: bytes) -> None:
    found = cut(line + b"\n" + HEAD + b"One\n\n" + line + b"\r\n" + HEAD + b"Two\n")
    assert len(found) == 2
    assert {letter.at for letter in found} == {datetime(2026, 11, 22, 8, tzinfo=UTC)}


def test_in_some_files_these_lines_have_no_date() -> None:
    data = b"From lena\n" + HEAD + b"Hello\nFrom me\n\nFrom tom\n" + HEAD + b"Two\n"
    assert bodies(data) == [HEAD + b"Hello\nFrom me\n", HEAD + b"Two"]
    assert [letter.at for letter in cut(data)] == [None, None]


def test_words_of_a_letter_begin_none() -> None:
    words = b"From here on\n\nFrom Lisbon to Oslo\n\n>From a friend\n>>From two\n> From three\n"
    (body,) = bodies(LENA + HEAD + words)
    assert body.endswith(
        b"From here on\n\nFrom Lisbon to Oslo\n\nFrom a friend\n>From two\n> From three"
    )


def test_lines_may_end_as_on_windows_and_the_file_without_one() -> None:
    data = LENA + HEAD + b"One\n\n" + LENA + HEAD + b"Two"
    found = bodies(data.replace(b"\n", b"\r\n"))
    assert found == [body.replace(b"\n", b"\r\n") for body in bodies(data)]


def test_a_letter_without_an_end_is_kept_in_part() -> None:
    endless = b"x" * (mailed.LARGEST + 1)
    first, second = cut(LENA + HEAD + endless + b"\n\n" + LENA + HEAD + b"Two\n")
    assert first.is_cut
    assert len(first.body) == mailed.KEPT_OF_LARGER
    assert second.body == HEAD + b"Two"


@given(
    st.lists(
        st.lists(st.sampled_from(["From me", ">From me", "", "Hello", "ä"]), max_size=6), max_size=5
    )
)
def test_what_python_writes_comes_back(texts: list[list[str]]) -> None:
    """An independent writer, which quotes as mboxo does: so no line has a quote of its own."""
    with tempfile.TemporaryDirectory() as folder:
        box = mailbox.mbox(Path(folder) / "box")
        for number, lines in enumerate(texts):
            mail = EmailMessage()
            mail["Subject"] = f"Mail {number}"
            plain = [line.removeprefix(">") for line in lines]
            mail.set_content("\n".join(plain), cte="8bit")
            box.add(mail)
        box.close()
        box = mailbox.mbox(Path(folder) / "box")
        written = [box.get_bytes(key) for key in range(len(texts))]
        box.close()
        found = bodies((Path(folder) / "box").read_bytes())
    assert [one.replace(b"\n>From ", b"\nFrom ").rstrip() for one in written] == [
        one.rstrip() for one in found
    ]


@given(st.binary(max_size=300), st.integers(0, 2**32))
def test_any_bytes_are_cut_without_loss_of_order(noise: bytes, seed: int) -> None:
    rng = random.Random(seed)
    data = b"".join(rng.choice([LENA, HEAD, b"\n", b"From ", noise]) for _ in range(12))
    lines = [letter.line for letter in cut(data)]
    assert lines == sorted(lines)


# --- the first look ----------------------------------------------------------------------------


def test_a_mailbox_is_known_by_its_first_lines(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(LENA + HEAD + b"One\n")
    assert looked_at(path) is Layout.MBOX
    assert looked_at(path, Layout.MBOX, OWN) is Layout.MBOX
    with pytest.raises(LayoutError, match="mailbox"):
        looked_at(path, Layout.JSONL)


@pytest.mark.parametrize("brands", [[], ["northwindair"], [*OWN, "northwindair"]])
def test_a_mailbox_needs_our_own_addresses(tmp_path: Path, brands: list[str]) -> None:
    path = tmp_path / "box"
    path.write_bytes(LENA + HEAD)
    with pytest.raises(NamelessError, match="your own addresses"):
        looked_at(path, None, brands)


def test_a_letter_to_nobody_is_no_mailbox(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"From Lisbon, with love\nand no header\n")
    with pytest.raises(ArchiveError):
        looked_at(path)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_mailbox_saved_in_other_letters_is_not_read_half(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "box"
    path.write_bytes("\ufeff".encode(encoding) + (LENA + HEAD).decode().encode(encoding))
    with pytest.raises(ArchiveError, match="UTF-16"):
        looked_at(path, None, OWN)
