"""What a network sent, read as promised or said to be something else."""

from __future__ import annotations

import pytest

from hearwell.connect.failures import ContractChanged
from hearwell.connect.fields import json_of, objects_in


def test_bytes_of_json_are_read() -> None:
    assert json_of(b'{"a": [1, null]}', "Harbour") == {"a": [1, None]}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff\xfe{", b"[" * 100_000, b"1" * 5000],
    ids=["nothing", "page", "bytes", "deep", "long"],
)
def test_what_is_no_json_is_named_with_who_sent_it(body: bytes) -> None:
    with pytest.raises(ContractChanged, match="Harbour sent something that is not JSON"):
        json_of(body, "Harbour")


def test_a_list_holds_objects_alone() -> None:
    assert objects_in([{"a": 1}, {}]) == [{"a": 1}, {}]
    for value in (None, {}, "ab", [1], [{}, None]):
        with pytest.raises(ContractChanged):
            objects_in(value)
