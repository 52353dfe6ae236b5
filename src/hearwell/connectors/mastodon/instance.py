"""A server as it describes itself: what it is, how it counts, whether it streams."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from hearwell.connect import failures
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.mediarule import MediaLimit, MediaRule
from hearwell.connect.textrule import Abridged, CodePoints, Graphemes, TextRule
from hearwell.connectors.mastodon.manifest import (
    ALT,
    CHARACTERS,
    MANIFEST,
    PER_LINK,
    PICTURE_BYTES,
    PICTURE_TYPES,
    PICTURES,
)
from hearwell.connectors.mastodon.wire import Line

MASTODON = "mastodon"
_COMPATIBLE = re.compile(r"\(compatible; ([A-Za-z][\w.-]*)")
_BY_SOURCE = {"gotosocial": "gotosocial", "takahe": "takahe"}
_NOTHING: Fields = {}
# Elixir's String.length.
_BY_CLUSTERS = frozenset({"pleroma", "akkoma"})


@dataclass(frozen=True, slots=True)
class Instance:
    """What a server says of itself. ``streaming`` is the origin of its streams, or empty."""

    domain: str
    software: str
    version: str
    characters: int
    per_link: int
    streaming: str
    pictures: int = PICTURES
    picture_bytes: int = PICTURE_BYTES
    alt: int = ALT

    @property
    def settings(self) -> dict[str, str]:
        """As the account's settings hold it."""
        return {
            "domain": self.domain,
            "software": self.software,
            "version": self.version,
            "characters": str(self.characters),
            "per_link": str(self.per_link),
            "streaming": self.streaming,
            "pictures": str(self.pictures),
            "picture_bytes": str(self.picture_bytes),
            "alt": str(self.alt),
        }


def ask(line: Line) -> Instance:
    """Ask a server what it is. Raises ``ContractChanged`` if it speaks no such API."""
    try:
        return _read(line.get("/api/v2/instance").fields)
    except (failures.TargetGone, failures.NotAllowed, failures.ContractChanged):
        return _read(line.get("/api/v1/instance").fields)


def _read(said: Fields) -> Instance:
    version = said.get("version")
    domain = (
        text_or_none(said, "account_domain")
        or text_or_none(said, "domain")
        or text_or_none(said, "uri")
    )
    if not isinstance(version, str) or not domain:
        message = "This server does not describe itself as Mastodon's API does."
        raise failures.ContractChanged(message)
    configuration = _inner(said, "configuration")
    statuses = _inner(configuration, "statuses")
    files = _inner(configuration, "media_attachments")
    streaming = _inner(configuration, "urls").get("streaming")
    return Instance(
        domain=domain.partition("://")[2].strip("/").lower() or domain.lower(),
        software=_software(version, text_or_none(said, "source_url") or ""),
        version=version,
        characters=_count(statuses.get("max_characters"), said.get("max_toot_chars"), CHARACTERS),
        per_link=_count(statuses.get("characters_reserved_per_url"), PER_LINK),
        streaming=_origin(streaming or _inner(said, "urls").get("streaming_api")),
        pictures=_count(statuses.get("max_media_attachments"), PICTURES),
        picture_bytes=_count(files.get("image_size_limit"), PICTURE_BYTES),
        alt=_count(files.get("description_limit"), ALT),
    )


def _software(version: str, source: str) -> str:
    """The family it belongs to: what is compatible says so in its version."""
    named = _COMPATIBLE.search(version)
    if named:
        return named[1].lower()
    known = (name for mark, name in _BY_SOURCE.items() if mark in f"{source} {version}".lower())
    return next(known, MASTODON)


def _inner(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else _NOTHING


def _count(*said: object) -> int:
    """The first number above zero."""
    numbers = (one for one in said if isinstance(one, int) and not isinstance(one, bool))
    return next(one for one in numbers if one > 0)


def _origin(address: object) -> str:
    """Where streams are: the scheme of a WebSocket, host and port; empty if that is no address."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    if not host or scheme not in {"ws", "wss"}:
        return ""
    named = f"[{host}]" if ":" in host else host
    return f"{scheme}://{named}" + (f":{port}" if port else "")


def rule_of(settings: Mapping[str, str]) -> TextRule:
    """How the account's server counts what is written there.

    Mastodon and its forks abridge addresses and names; Pleroma counts clusters, GoToSocial and
    Takahe code points as they stand, and so we count for a server that we do not know: that is
    never less.
    """
    characters = _setting(settings, "characters", CHARACTERS)
    software = settings.get("software", MASTODON)
    if software == MASTODON:
        return Abridged(characters, per_link=_setting(settings, "per_link", PER_LINK))
    return Graphemes(characters) if software in _BY_CLUSTERS else CodePoints(characters)


def media_rule_of(settings: Mapping[str, str]) -> MediaRule:
    """What pictures the account's server takes, and how much may be said of each."""
    limit = MediaLimit(
        "image",
        _setting(settings, "pictures", PICTURES),
        _setting(settings, "picture_bytes", PICTURE_BYTES),
        PICTURE_TYPES,
        _setting(settings, "alt", ALT),
    )
    return MediaRule(MANIFEST.title, (limit,))


def _setting(settings: Mapping[str, str], name: str, otherwise: int) -> int:
    value = settings.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and int(value) > 0 else otherwise
