"""A whole house in one file, and back again.

The file is a tar of: `about.json`, `database.dump` (pg_dump's custom format), the keys that
open the sealed secrets, and uploaded media. Whoever has it has everything: it is written 0600,
and the how-to says to keep it as one keeps a key.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from hearwell import __version__
from hearwell.kit.keyfiles import TOMBSTONE_FILE, standing_still
from hearwell.ops.binaries import BinariesMissingError, installed_folder

FORMAT = 1
# In the data folder: when the last one was made. Not part of a backup.
NOTE = "last-backup.json"
ABOUT, DUMP = "about.json", "database.dump"
# Of the data folder; everything else there can be made again.
KEPT = ("keys", "secret-key", "media")
# Of an erasure: what was erased, and the key of its hashes.
ERASED, HASH_KEY = Path("media", "erased"), Path("keys", "tombstone.key")
# Reads and writes every row, whatever workspace it is of; the owner may become it.
SEES_ALL = "hearwell_definer"


class BackupError(RuntimeError):
    """The backup cannot be made or brought back; text for the operator."""


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says about itself."""

    format: int
    version: str
    made_at: str


def back_up(target: Path, *, owner: str, data: Path) -> None:
    """Write the database that `owner` (a connection URL) owns and the kept files to `target`.

    The house may go on working meanwhile: the dump is one snapshot. Raises BackupError.
    """
    if target.exists():
        message = f"{target} exists already; a backup never overwrites anything."
        raise BackupError(message)
    # What an older key has sealed in the dump must find that key in the same file.
    with _scratch(target.parent) as scratch, _keys_standing_still(data):
        _run("pg_dump", "--format=custom", f"--role={SEES_ALL}", f"--file={scratch / DUMP}", owner)
        about = About(FORMAT, __version__, datetime.now(UTC).isoformat(timespec="seconds"))
        (scratch / ABOUT).write_text(json.dumps(asdict(about)))
        _pack(scratch, data, target)
    with contextlib.suppress(OSError):  # the backup is good without the note
        (data / NOTE).write_text(json.dumps({"made_at": about.made_at}))


def _keys_standing_still(data: Path) -> AbstractContextManager[None]:
    has_keys = (data / "keys" / TOMBSTONE_FILE).exists()
    return standing_still(data / "keys") if has_keys else contextlib.nullcontext()


def last_backup(data: Path) -> datetime | None:
    """Return when the house was last backed up; None where nobody knows."""
    try:
        return datetime.fromisoformat(json.loads((data / NOTE).read_text())["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _pack(scratch: Path, data: Path, target: Path) -> None:
    part = scratch / "backup.tar"
    with open(part, "xb", opener=_private) as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name in (ABOUT, DUMP):
                tar.add(scratch / name, name)
            for name in KEPT:
                if (data / name).exists():
                    tar.add(data / name, f"data/{name}")
        file.flush()
        os.fsync(file.fileno())
    part.rename(target)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def read_about(source: Path) -> About:
    """Return what a backup says about itself. Raises BackupError for a file that is none."""
    try:
        with tarfile.open(source) as tar:
            member = tar.extractfile(ABOUT)
            about = About(**json.load(member)) if member else None
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError) as error:
        message = f"{source} is no backup of Hearwell: {error}."
        raise BackupError(message) from error
    if about is None or about.format > FORMAT:
        message = f"{source} was made by a newer Hearwell; install that one to restore it."
        raise BackupError(message)
    return about


def bring_back(source: Path, *, owner: str, data: Path) -> None:
    """Fill an empty database and the data folder from a backup. Raises BackupError.

    All or nothing in the database; the files follow once it is in.
    """
    read_about(source)
    if _has_tables(owner):
        message = "This database is not empty; restore into a new one (another DATA folder)."
        raise BackupError(message)
    with _scratch(data) as scratch:
        with tarfile.open(source) as tar:
            tar.extractall(scratch, filter="data")
        _run("pg_restore", "--single-transaction", f"--dbname={owner}", *_wanted(scratch / DUMP))
        _keep_erased(data, scratch / "data")
        for name in KEPT:
            if (scratch / "data" / name).exists():
                _replace(scratch / "data" / name, data / name)


def _wanted(dump: Path) -> Iterator[str]:
    """Leave out what the new database has already: its public schema, set up by us."""
    listed = _run("pg_restore", "--list", str(dump))
    lines = [line for line in listed.splitlines() if " SCHEMA - public " not in line]
    contents = dump.with_suffix(".list")
    contents.write_text("\n".join(line for line in lines if "DEFAULT ACL" not in line))
    yield f"--use-list={contents}"
    yield str(dump)


def _replace(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    source.replace(target)


def _keep_erased(data: Path, back: Path) -> None:
    """Add what was erased since a backup to what comes back, with the key of its hashes.

    Who was erased must not come back with an older copy; before anything serves, they are erased
    in it once more (privacy.services.ledger).
    """
    if (data / ERASED).is_dir():
        shutil.copytree(data / ERASED, back / ERASED, dirs_exist_ok=True)
        if (data / HASH_KEY).exists():
            (back / HASH_KEY).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(data / HASH_KEY, back / HASH_KEY)


def _has_tables(owner: str) -> bool:
    with psycopg.connect(owner) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace LIMIT 1"
        )
        return found.fetchone() is not None


@contextmanager
def _scratch(beside: Path) -> Iterator[Path]:
    """A private folder on the same file system, so that the last step is a rename."""
    with tempfile.TemporaryDirectory(prefix=".hearwell-", dir=beside) as name:
        yield Path(name)


def _run(program: str, *arguments: str) -> str:
    command = [_client_program(program), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        message = f"{program} failed: {done.stderr.strip()}"
        raise BackupError(message)
    return done.stdout


def _client_program(name: str) -> str:
    try:
        return str(installed_folder() / "bin" / name)
    except BinariesMissingError:
        found = shutil.which(name)
        if found is None:
            raise
        return found
