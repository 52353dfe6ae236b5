"""`hearwell triage eval FILE` with files as people have them: a clear line, never a traceback."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hearwell.triage.shipped import shipped_model
from hearwell.triage.training.cli import triage

pytestmark = pytest.mark.skipif(shipped_model() is None, reason="no model is shipped")
Run = Callable[..., Result]
PACKED = gzip.compress(b"text,label\nWhere is my bag?,question\n" * 50)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Measure a file of these bytes."""

    def measure(content: bytes, *options: str, name: str = "set.csv") -> Result:
        path = tmp_path / name
        path.write_bytes(content)
        return CliRunner().invoke(triage, ["eval", str(path), *options])

    return measure


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"text,label\nWhere is it?,riddle\nGreat!,praise\n", "riddle is no label of kind"),
        (b"text,label\nWhere is it?,riddle\n", "none of ours"),
        (b"text,label\n,question\n", "no row has both"),
        (b"text,label\n", "none of ours"),
        (b"", "no column"),
        (b"\xff\xfe\x00text", "not UTF-8"),
        (b"words,label\nHello,praise\n", "Name them with --text and --label"),
        (b'text,label\n"' + b"x" * 1_500_000 + b'",praise\n', "cannot be read"),
        (PACKED[: len(PACKED) // 2], "cannot be read"),
        (PACKED[:12] + b"\xff\xff\xff\xff" + PACKED[16:], "cannot be read"),
        (b"\x1f\x8b", "cannot be read"),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_line(run: Run, content: bytes, said: str) -> None:
    result = run(content)
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") <= 2


@pytest.mark.parametrize("mapping", [b"\xff\xfe", b"{", b"a,b,c\n", b'{"a": ' + b"[" * 100_000])
def test_a_mapping_that_is_none_is_said_in_a_line(run: Run, tmp_path: Path, mapping: bytes) -> None:
    path = tmp_path / "map.csv"
    path.write_bytes(mapping)
    result = run(b"text,label\nWhere is it?,a\n", "--map", str(path))
    assert isinstance(result.exception, SystemExit), result.exception
    assert "map.csv" in result.output


def test_a_class_of_one_is_measured(run: Run) -> None:
    result = run(b"text,label\nWhere is my bag?,question\n")
    assert result.exit_code == 0, result.output
    assert "question" in result.output
    assert "nan" not in result.output.lower()


def test_a_class_of_one_beside_others_is_measured(run: Run) -> None:
    lines = b"Where is my bag?,question\n" * 30 + b"Buy cheap pills http://x.example,spam\n"
    result = run(b"text,label\n" + lines, "--json")
    assert result.exit_code == 0, result.output
    assert "NaN" not in result.output


def test_odd_texts_are_measured(run: Run) -> None:
    odd = ["😀", "\u200b\u200d\u2060", "\u202eabc\u202c", "x" * 100_000, "٣" * 500, "?" * 5000]
    lines = "".join(f'"{text}",question\n' for text in odd)
    result = run(("text,label\n" + lines).encode())
    assert result.exit_code == 0, result.output
