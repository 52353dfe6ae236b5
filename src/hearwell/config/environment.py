"""What the operator may say from outside, read once and never changed afterwards.

Pure: no Django, no files, no network, so that the supervisor can refuse a bad
value in one line before anything heavy is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

ROOT_DATA = Path("/var/lib/hearwell")
LOOPBACK = "127.0.0.1"
# What may be let inside: web addresses, and mail servers (imap://mail.lan:143).
_ALLOWED = ("http", "https", "imap", "imaps", "smtp", "smtps")


class EnvironmentRefusedError(ValueError):
    """A variable holds something we cannot work with; the text is for the operator."""


class ProcessRole(StrEnum):
    """What this process is for; decides the database role it connects as."""

    WEB = "web"
    WORKER = "worker"
    LISTEN = "listen"
    MIGRATE = "migrate"


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting that is read from environment variables.

    `database_url` and its two siblings are empty when the embedded PostgreSQL
    below `data` is meant.
    """

    data: Path
    port: int
    bind: str
    role: ProcessRole
    url: str
    database_url: str
    database_worker_url: str
    database_owner_url: str
    egress_allow: tuple[str, ...]
    secret_key: str
    web_threads: int
    worker_jobs: int
    debug: bool

    @property
    def is_embedded(self) -> bool:
        """Tell whether the database is our own child process."""
        return not self.database_url

    @property
    def host(self) -> str:
        """The host name people type, without the port."""
        return urlsplit(self.url).hostname or "localhost"

    @property
    def is_https(self) -> bool:
        """Tell whether people reach us through TLS."""
        return self.url.startswith("https://")


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Read the settings out of `variables` (default: the process' own).

    Raises EnvironmentRefusedError with a line for the operator.
    """
    get = (os.environ if variables is None else variables).get
    port = _number("PORT", get("PORT") or "8000", 1, 65535)
    return Environment(
        data=_data_folder(get("DATA", ""), get("XDG_DATA_HOME", "")),
        port=port,
        bind=get("HEARWELL_BIND") or LOOPBACK,
        role=_role(get("HEARWELL_ROLE") or "worker"),
        url=_origin("HEARWELL_URL", get("HEARWELL_URL") or f"http://localhost:{port}"),
        database_url=get("DATABASE_URL", ""),
        database_worker_url=get("DATABASE_WORKER_URL", ""),
        database_owner_url=get("DATABASE_OWNER_URL", ""),
        egress_allow=_origins(get("HEARWELL_EGRESS_ALLOW", "")),
        secret_key=get("HEARWELL_SECRET_KEY", ""),
        web_threads=_number("HEARWELL_WEB_THREADS", get("HEARWELL_WEB_THREADS") or "8", 1, 256),
        worker_jobs=_number("HEARWELL_WORKER_JOBS", get("HEARWELL_WORKER_JOBS") or "4", 1, 256),
        debug=get("HEARWELL_DEBUG", "") == "1",
    )


def _number(name: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        message = f"{name}={text} is not a number between {low} and {high}."
        raise EnvironmentRefusedError(message)
    return int(text)


def _role(text: str) -> ProcessRole:
    try:
        return ProcessRole(text)
    except ValueError:
        message = f"HEARWELL_ROLE={text} is none of {', '.join(ProcessRole)}."
        raise EnvironmentRefusedError(message) from None


def _origin(name: str, text: str, schemes: Collection[str] = ("http", "https")) -> str:
    """Return scheme://host[:port] without a path, lower-cased."""
    parts = urlsplit(text)
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in schemes or not parts.hostname or not is_bare:
        message = f"{name}={text} is not an origin such as https://care.example.com."
        raise EnvironmentRefusedError(message)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _origins(text: str) -> tuple[str, ...]:
    words = text.replace(",", " ").split()
    return tuple(_origin("HEARWELL_EGRESS_ALLOW", word, _ALLOWED) for word in words)


def _data_folder(text: str, xdg: str) -> Path:
    """Choose the data folder; as root never below a home, which is often 0700."""
    if text:
        return Path(text).expanduser().absolute()
    if os.geteuid() == 0:
        return ROOT_DATA
    shared = Path(xdg) if xdg else Path.home() / ".local" / "share"
    return shared / "hearwell"
