"""The key files of a house: made once, joined by newer ones, never altered.

The first of a kind is ``ingress.key``, those that follow it ``ingress-2.key`` and so on; the newest
seals, all of them open. One that ends in ``.next`` opens only: it is known before it is used, so
that no process ever meets what it has no key for.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

INGRESS_FILE, EGRESS_PUBLIC_FILE, EGRESS_PRIVATE_FILE = (
    "ingress.key",
    "egress.public",
    "egress.private",
)
PUSH_PRIVATE_FILE, PUSH_PUBLIC_FILE = "push.private", "push.public"
TOMBSTONE_FILE = "tombstone.key"
# Those that are replaced: whoever may seal with a public key must find the private one.
ROTATED: Final = (INGRESS_FILE, EGRESS_PRIVATE_FILE, EGRESS_PUBLIC_FILE)
_NEXT: Final = ".next"
_OWNER_ONLY, _HASH_KEY_BYTES, _NUMBER_BYTES = 0o600, 32, 32
# Longer than a file system's clock stands still between two looks at it.
_TICK_S: Final = 0.05


class Kind(NamedTuple):
    """The files of one kind, oldest first: those in use, and those that only open yet."""

    in_use: Sequence[Path]
    coming: Sequence[Path]


def kind_of(folder: Path, name: str) -> Kind:
    """Return the files that `name` (of the first) stands for; web machines have not all kinds."""
    stem, _, ending = name.partition(".")
    shape = re.compile(rf"{stem}(?:-(\d+))?\.{ending}({re.escape(_NEXT)})?")
    matches = [match for path in folder.iterdir() if (match := shape.fullmatch(path.name))]
    matches.sort(key=lambda match: int(match[1] or 1))
    in_use = [folder / match[0] for match in matches if not match[2]]
    return Kind(in_use, [folder / match[0] for match in matches if match[2]])


def has_keys(folder: Path, *names: str) -> bool:
    """Say whether there is a key in use of each kind."""
    return folder.is_dir() and all(kind_of(folder, name).in_use for name in names)


def make_keys(folder: Path) -> None:
    """Make the keys that do not exist yet; existing ones are never replaced.

    Of several processes that do it at once, one makes them and the others wait for it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(folder):
        if not has_keys(folder, INGRESS_FILE):
            _write_once(folder / INGRESS_FILE, AESGCM.generate_key(256))
        _write_once(folder / TOMBSTONE_FILE, os.urandom(_HASH_KEY_BYTES))
        if not has_keys(folder, EGRESS_PUBLIC_FILE):
            _make_pair(folder / EGRESS_PRIVATE_FILE, folder / EGRESS_PUBLIC_FILE)
        if not (folder / PUSH_PRIVATE_FILE).exists():
            _make_push_key(folder)


def make_next(folder: Path) -> None:
    """Make the keys that follow those in use, to open with only; none where there are some."""
    with _held(folder):
        kinds = {name: kind_of(folder, name) for name in ROTATED}
        number = 1 + max(_number(kind.in_use[-1]) for kind in kinds.values())
        ingress, private, public = (folder / _numbered(name, number) for name in ROTATED)
        if not kinds[INGRESS_FILE].coming:
            _write_once(ingress, AESGCM.generate_key(256))
        if not kinds[EGRESS_PUBLIC_FILE].coming:
            _make_pair(private, public)


def use_next(folder: Path) -> None:
    """Seal with the keys that were coming, from now on: a public one never before its private."""
    with _held(folder):
        for name in ROTATED:
            for path in kind_of(folder, name).coming:
                path.rename(path.with_name(path.name.removesuffix(_NEXT)))
        # Who looked between two of these must see that there is something to look at again.
        time.sleep(_TICK_S)
        os.utime(folder)


def is_between_keys(folder: Path) -> bool:
    """Say whether older keys lie beside the newest, or newer ones wait."""
    kinds = [kind_of(folder, name) for name in ROTATED]
    return any(len(kind.in_use) + len(kind.coming) > 1 for kind in kinds)


def remove_older(folder: Path) -> Sequence[str]:
    """Remove all keys in use but the newest of each kind; return their names.

    What only they open is lost: ask first whether there is any. Waits for a backup to end, which
    may hold what they sealed.
    """
    with _held(folder), standing_still(folder, fcntl.LOCK_EX):
        older = [path for name in ROTATED for path in kind_of(folder, name).in_use[:-1]]
        for path in older:
            path.unlink()
        return [path.name for path in older]


@contextmanager
def standing_still(folder: Path, how: int = fcntl.LOCK_SH) -> Iterator[None]:
    """Have no key removed during the block."""
    descriptor = os.open(folder / TOMBSTONE_FILE, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _number(path: Path) -> int:
    match = re.search(r"-(\d+)\.", path.name)
    return int(match[1]) if match else 1


def _numbered(name: str, number: int) -> str:
    stem, _, ending = name.partition(".")
    return f"{stem}-{number}.{ending}{_NEXT}"


def _make_pair(private_file: Path, public_file: Path) -> None:
    """The public half comes last: where it is, the pair is whole, also after a death between."""
    _write_once(private_file, X25519PrivateKey.generate().private_bytes_raw())
    private = X25519PrivateKey.from_private_bytes(private_file.read_bytes())
    _write_once(public_file, private.public_key().public_bytes_raw())


def _make_push_key(folder: Path) -> None:
    """Make the key by which push services know this installation (VAPID, RFC 8292)."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    _write_once(folder / PUSH_PUBLIC_FILE, point)
    number = key.private_numbers().private_value
    _write_once(folder / PUSH_PRIVATE_FILE, number.to_bytes(_NUMBER_BYTES, "big"))


def _write_once(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, whoever looks and whenever we die."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
