"""What a file of labelled texts may be, and what is said when it is not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hearwell.triage.training.labelled import BadFileError, read


@pytest.fixture
def file(tmp_path):
    def write(content: str | bytes, name: str = "set.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_our_own_labels_need_no_mapping(file):
    found = read(
        file("text,label\nWhere is it?,question\nGreat!,praise\n"), text="text", label="label"
    )

    assert found.head.name == "kind"
    assert [found.head.labels[at] for at in found.truth] == ["question", "praise"]


def test_theirs_are_mapped_or_left_out(file):
    mapping = file("neg,negative\npos,positive\nmixed,\n", "map.csv")
    rows = "id\ttweet\tmood\n1\tbad, really\tneg\n2\tgood\tpos\n3\tso so\tmixed\n4\t\tneg\n"
    found = read(
        file(gzip.compress(rows.encode()), "set.tsv.gz"),
        text="tweet",
        label="mood",
        mapping=mapping,
    )

    assert found.head.name == "sentiment"
    assert found.texts == ["bad, really", "good"]
    assert found.left_out == {"no label": 1, "no text": 1}


def test_a_mapping_may_be_json(file):
    mapping = file('{"1": "yes", "0": "no"}', "map.json")
    found = read(
        file("text,label\nFire!,1\nHello,0\n"),
        text="text",
        label="label",
        mapping=mapping,
        head="urgent",
    )

    assert found.truth == [1, 0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("words,label\na,question\n", "has no column text; it has: words, label"),
        ("text,label\na,rage\nb,question\n", "rage is no label of kind"),
        ("text,label\na,rage\n", "are none of ours"),
        ("text,label\n,question\n", "no row has both"),
        ("", "has no column label and text"),
        (b"text,label\n\xff\xfe,question\n", "is not UTF-8"),
        (b"\x1f\x8b broken", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(file, content, said):
    with pytest.raises(BadFileError, match=said):
        read(file(content), text="text", label="label")


def test_a_broken_mapping_names_its_line(file):
    sets = file("text,label\na,x\n")
    with pytest.raises(BadFileError, match="line 2: want"):
        read(sets, text="text", label="label", mapping=file("a,question\nb\n", "map.csv"))
    with pytest.raises(BadFileError, match="line 1"):
        read(sets, text="text", label="label", mapping=file("{nothing", "map.json"))
