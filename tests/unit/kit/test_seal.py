"""Sealed bytes open only in their place and with their key."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearwell.kit.seal import (
    EgressKeyring,
    IngressKeyring,
    KeyMissingError,
    UnsealError,
    make_keys,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_keys(tmp_path / "keys")
    return tmp_path / "keys"


def test_keys_are_private_files_and_are_never_made_twice(folder: Path):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    make_keys(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


def test_ingress_opens_what_it_sealed_in_the_same_place_only(folder: Path):
    ring = IngressKeyring.load(folder)
    sealed = ring.seal(b"hook secret", b"endpoint-1")
    assert ring.open(sealed, b"endpoint-1") == b"hook secret"
    with pytest.raises(UnsealError):
        ring.open(sealed, b"endpoint-2")


@pytest.mark.parametrize("damage", [b"", b"short", b"\x00" * 64])
def test_damaged_bytes_are_refused_not_crashed_on(folder: Path, damage: bytes):
    with pytest.raises(UnsealError):
        IngressKeyring.load(folder).open(damage, b"")
    with pytest.raises(UnsealError):
        EgressKeyring.load(folder, can_open=True).open(damage, b"")


def test_web_can_seal_a_token_that_only_the_sender_can_open(folder: Path):
    web = EgressKeyring.load(folder, can_open=False)
    sealed = web.seal(b"token", b"channel-1")
    with pytest.raises(KeyMissingError):
        web.open(sealed, b"channel-1")
    sender = EgressKeyring.load(folder, can_open=True)
    assert sender.open(sealed, b"channel-1") == b"token"
    with pytest.raises(UnsealError):
        sender.open(sealed, b"channel-2")


def test_another_installation_cannot_open_it(folder: Path, tmp_path: Path):
    make_keys(tmp_path / "other")
    sealed = EgressKeyring.load(folder, can_open=False).seal(b"token", b"c")
    with pytest.raises(UnsealError):
        EgressKeyring.load(tmp_path / "other", can_open=True).open(sealed, b"c")
