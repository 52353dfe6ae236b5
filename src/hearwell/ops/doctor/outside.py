"""What can be seen without the database: addresses, keys, disk, clock, backups."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hearwell.kit.keyfiles import ROTATED, is_between_keys, kind_of
from hearwell.ops.backup import last_backup
from hearwell.ops.doctor.finding import Finding, bad, good, look

# Room for a day's growth and for a backup's scratch; below the lesser PostgreSQL soon stops.
LITTLE_ROOM, NO_ROOM = 5 * 2**30, 2**29
OLD_BACKUP: Final = timedelta(days=2)
_NEAR: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_UNSYNCHRONISED, _TIMEX_BYTES = 5, 512


def addresses(url: str, bind: str, *, is_debug: bool) -> Iterator[Finding]:
    """Judge the address that people use, and whether TLS stands before it."""
    parts = urlsplit(url)
    if is_debug:
        yield bad("Address", "HEARWELL_DEBUG=1 shows our insides to strangers.", "Unset it.")
    if parts.scheme == "https":
        yield good("Address", f"{url}, with TLS.")
    elif parts.hostname in _NEAR and bind in _NEAR:
        yield good("Address", f"{url}, reachable from this machine alone.")
    elif parts.hostname in _NEAR:
        yield look(
            "Address",
            f"{url} is for this machine, but {bind} is listened on.",
            "Where others reach that port they come without TLS: let the container or a firewall "
            "keep it to this machine.",
        )
    else:
        yield bad(
            "Address",
            f"{url} is without TLS: passwords and messages travel in the open.",
            "Put a TLS proxy in front and set HEARWELL_URL=https://… "
            "(docs/how-to/run-it-for-good.md).",
        )


def keys(data: Path, *, has_secret_key: bool) -> Iterator[Finding]:
    """Judge whether the keys are there and readable to us alone.

    `has_secret_key`: HEARWELL_SECRET_KEY stands for the file.
    """
    wanted = (*_key_files(data / "keys"), *["secret-key"] * (not has_secret_key))
    missing = [name for name in wanted if not (data / name).exists()]
    open_ones = [
        name
        for name in wanted
        if name not in missing and not name.endswith(".public") and _is_open(data, name)
    ]
    if missing:
        yield bad(
            "Keys",
            f"Not in {data}: {', '.join(missing)}. What they seal cannot be read without them.",
            "In a new house `hearwell prepare` makes them; else bring them back from a backup.",
        )
    if open_ones:
        names = " ".join(str(data / name) for name in open_ones)
        yield bad("Keys", "Others than us may read them.", f"chmod 600 {names}")
    if not missing and not open_ones:
        yield good("Keys", f"Complete in {data}, readable to us alone.")
        yield from _older_keys(data / "keys")


def _key_files(folder: Path) -> list[str]:
    """Return the keys there are, and of a kind of which there is none the first one's name."""
    there = {name: kind_of(folder, name).in_use if folder.is_dir() else () for name in ROTATED}
    return [f"keys/{path.name}" for name in ROTATED for path in there[name] or [folder / name]]


def _older_keys(folder: Path) -> Iterator[Finding]:
    if is_between_keys(folder):
        yield look(
            "Keys",
            "Older keys lie beside the newest: a change of keys is not finished.",
            "`hearwell keys rotate` goes on with it, `hearwell keys remove-older` ends it.",
        )


def _is_open(data: Path, name: str) -> bool:
    """Tell whether anybody but us (root may look for another) can read the file."""
    status = (data / name).stat()
    ours = (os.geteuid(), data.stat().st_uid, 0)
    return bool(status.st_mode & _OTHERS) or status.st_uid not in ours


def disk(data: Path) -> Iterator[Finding]:
    """Judge the room left where the data lie."""
    free = shutil.disk_usage(data).free
    text = f"{free / 2**30:.1f} GB free at {data}."
    todo = "Make room: a full disk takes nothing in and sends nothing."
    if free < NO_ROOM:
        yield bad("Disk", text, todo)
    elif free < LITTLE_ROOM:
        yield look("Disk", text, todo)
    else:
        yield good("Disk", text)


def clock() -> Iterator[Finding]:
    """Judge whether anything keeps this machine's clock right, where Linux can say."""
    if not sys.platform.startswith("linux"):
        return
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    if state == _UNSYNCHRONISED:
        yield look(
            "Clock",
            "Nothing keeps this machine's clock right: deadlines and sign-in codes depend on it.",
            "Run chrony or systemd-timesyncd here, or on the machine that hosts this one.",
        )
    elif state >= 0:
        yield good("Clock", "Kept right by the system.")


def backups(data: Path, moment: datetime | None = None) -> Iterator[Finding]:
    """Judge the age of the last backup that `hearwell backup` made of this house."""
    made_at = last_backup(data)
    if made_at is None:
        yield look(
            "Backup",
            "`hearwell backup` never ran here.",
            "Let it run each day, and keep the file elsewhere (docs/how-to/back-up-and-restore.md);"
            " if something else makes backups, try one out.",
        )
        return
    age = (moment or datetime.now(UTC)) - made_at
    text = f"The last one was made {made_at:%Y-%m-%d %H:%M} UTC."
    if age > OLD_BACKUP:
        yield look("Backup", text, "Let `hearwell backup` run each day.")
    else:
        yield good("Backup", text)
