"""Reads a file of labelled texts that somebody else made, and says what is wrong with it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hearwell.triage.engine.heads import HEADS, Head

_SHOWN: Final = 6
_WIDEST: Final = 1_000_000  # characters of one field


class BadFileError(Exception):
    """The file cannot be measured; the text says where and what to do."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with the numbers of their labels in a head, and what was left out, with why."""

    head: Head
    texts: list[str]
    truth: list[int]
    left_out: dict[str, int]


def read(
    path: Path, *, text: str, label: str, mapping: Path | None = None, head: str | None = None
) -> Labelled:
    """Read a CSV or TSV file (plain or .gz) with a column of texts and one of labels.

    `mapping` names a file that says which of our labels each of theirs is; one that is mapped to
    nothing is left out. Without `head` it is the one whose labels they are. Raises BadFileError.
    """
    rows = list(_rows(path, text, label))
    named = _mapped(rows, _mapping(mapping) if mapping else {})
    said = {name for _, name in named if name}
    asked = _head(head, said)
    unknown = said - set(asked.labels)
    if unknown:
        theirs = ", ".join(sorted(unknown)[:_SHOWN])
        message = (
            f"{path.name}: {theirs} is no label of {asked.name} ({', '.join(asked.labels)}). "
            "Say in a mapping file (--map) which it is: a line “theirs,ours”, or “theirs,” to "
            "leave it out."
        )
        raise BadFileError(message)
    left_out = Counter(
        "no text" if not words.strip() else "no label" for words, name in named
        if not (words.strip() and name)
    )  # fmt: skip
    kept = [(words, name) for words, name in named if words.strip() and name]
    if not kept:
        message = f"{path.name}: no row has both a text and a label that counts."
        raise BadFileError(message)
    truth = [asked.labels.index(name) for _, name in kept]
    return Labelled(asked, [words for words, _ in kept], truth, dict(left_out))


def _rows(path: Path, text: str, label: str) -> Iterator[tuple[str, str]]:
    csv.field_size_limit(min(sys.maxsize, _WIDEST))
    try:
        content = path.read_bytes()
        plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        file = io.StringIO(plain.decode("utf-8-sig"), newline="")
        is_tabbed = "\t" in file.readline()
        file.seek(0)
        reader = csv.DictReader(file, delimiter="\t" if is_tabbed else ",")
        missing = {text, label} - set(reader.fieldnames or ())
        if missing:
            there = ", ".join(reader.fieldnames or ()) or "none"
            message = (
                f"{path.name} has no column {' and '.join(sorted(missing))}; it has: {there}. "
                "Name them with --text and --label."
            )
            raise BadFileError(message)
        for row in reader:
            yield row[text] or "", (row[label] or "").strip()
    except UnicodeDecodeError as error:
        message = f"{path.name} is not UTF-8 (byte {error.start:,}). Save it as UTF-8."
        raise BadFileError(message) from error
    except (csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
        message = f"{path.name} cannot be read: {error}."
        raise BadFileError(message) from error


def _mapping(path: Path) -> dict[str, str]:
    """Read “theirs,ours” lines, or a JSON object."""
    try:
        content = path.read_text("utf-8-sig")
        if content.lstrip().startswith("{"):
            return {str(theirs): str(ours or "") for theirs, ours in json.loads(content).items()}
    except json.JSONDecodeError as error:
        message = f"{path.name}, line {error.lineno}: {error.msg}."
        raise BadFileError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path.name} is not UTF-8 (byte {error.start:,}). Save it as UTF-8."
        raise BadFileError(message) from error
    except RecursionError as error:
        message = f"{path.name} is no mapping: its JSON is nested too deeply."
        raise BadFileError(message) from error
    found: dict[str, str] = {}
    for number, row in enumerate(csv.reader(io.StringIO(content)), start=1):
        if not row:
            continue
        if len(row) != 2:  # noqa: PLR2004  theirs and ours
            message = f"{path.name}, line {number}: want “theirs,ours”, found {len(row)} columns."
            raise BadFileError(message)
        found[row[0].strip()] = row[1].strip()
    return found


def _mapped(rows: list[tuple[str, str]], ours: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(words, ours.get(name, name)) for words, name in rows]


def _head(asked: str | None, said: set[str]) -> Head:
    if asked is not None:
        return HEADS[asked]
    fitting = max(HEADS.values(), key=lambda head: len(said & set(head.labels)))
    if not said & set(fitting.labels):
        every = "; ".join(f"{head.name}: {', '.join(head.labels)}" for head in HEADS.values())
        theirs = ", ".join(sorted(said)[:_SHOWN]) or "nothing"
        message = (
            f"The labels ({theirs}) are none of ours ({every}). Say which they are with --map."
        )
        raise BadFileError(message)
    return fitting
