"""The keys of this house, as this process may use them; each read from its file once."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path

from django.conf import settings

from hearwell.kit.seal import TOMBSTONE_FILE, EgressKeyring, IngressKeyring


def ingress() -> IngressKeyring:
    """Return the keys that verify what comes in: the gateway, too, may open."""
    return _ingress(Path(settings.HEARWELL_KEYS))


def egress(openers: Collection[str] = ("worker",)) -> EgressKeyring:
    """Return the keys of what can speak for a brand; only processes of these roles may open."""
    return _egress(Path(settings.HEARWELL_KEYS), can_open=settings.HEARWELL_ROLE in openers)


def tombstone_key() -> bytes:
    """Return the key of the hashes by which erased people are known; 32 bytes, never replaced."""
    return _tombstone(Path(settings.HEARWELL_KEYS))


@cache
def _ingress(folder: Path) -> IngressKeyring:
    return IngressKeyring.load(folder)


@cache
def _egress(folder: Path, *, can_open: bool) -> EgressKeyring:
    return EgressKeyring.load(folder, can_open=can_open)


@cache
def _tombstone(folder: Path) -> bytes:
    return (folder / TOMBSTONE_FILE).read_bytes()
