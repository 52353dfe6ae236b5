"""The keys of this house, as this process may use them; read anew when their folder has changed.

To look at the folder costs microseconds: a process that runs for weeks knows a new key before it
meets what that key has sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, TypeVar

from django.conf import settings

from hearwell.kit.keyfiles import TOMBSTONE_FILE
from hearwell.kit.seal import EgressKeyring, IngressKeyring

R = TypeVar("R")
_TRIES: Final = 3


def ingress() -> IngressKeyring:
    """Return the keys that verify what comes in: the gateway, too, may open."""
    return _of_now(_ingress)


def egress(openers: Collection[str] = ("worker",)) -> EgressKeyring:
    """Return the keys of what can speak for a brand; only processes of these roles may open."""
    can_open = settings.HEARWELL_ROLE in openers
    return _of_now(lambda folder, stamp: _egress(folder, stamp, can_open=can_open))


def tombstone_key() -> bytes:
    """Return the key of the hashes by which erased people are known; 32 bytes, never replaced."""
    return _tombstone(Path(settings.HEARWELL_KEYS))


def _of_now(load: Callable[[Path, int], R]) -> R:
    """Load what the folder holds; a file that is renamed just then is looked for once more."""
    folder = Path(settings.HEARWELL_KEYS)
    for _ in range(_TRIES - 1):
        try:
            return load(folder, folder.stat().st_mtime_ns)
        except FileNotFoundError:
            continue
    return load(folder, folder.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _ingress(folder: Path, _stamp: int) -> IngressKeyring:
    return IngressKeyring.load(folder)


@lru_cache(maxsize=8)
def _egress(folder: Path, _stamp: int, *, can_open: bool) -> EgressKeyring:
    return EgressKeyring.load(folder, can_open=can_open)


@cache
def _tombstone(folder: Path) -> bytes:
    return (folder / TOMBSTONE_FILE).read_bytes()
