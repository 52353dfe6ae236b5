"""A server as it describes itself: what it is, how it counts, whether it streams."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from hearwell.connect import failures
from hearwell.connect.attachments import IMAGE
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.mediarule import AUDIO, VIDEO, MediaLimit, MediaRule
from hearwell.connect.textrule import Abridged, CodePoints, Graphemes, TextRule
from hearwell.connectors.mastodon.manifest import (
    ALT,
    CHARACTERS,
    FILM_BYTES,
    FILM_TYPES,
    MANIFEST,
    PER_LINK,
    PICTURE_BYTES,
    PICTURE_TYPES,
    PICTURES,
    SOUND_TYPES,
)
from hearwell.connectors.mastodon.wire import Line

MASTODON = "mastodon"
_COMPATIBLE = re.compile(r"\(compatible; ([A-Za-z][\w.-]*)")
_BY_SOURCE = {"gotosocial": "gotosocial", "takahe": "takahe"}
_NOTHING: Fields = {}
_KNOWN_TYPES = PICTURE_TYPES | {"image/avif", "image/heic"} | FILM_TYPES | SOUND_TYPES
# Elixir's String.length.
_BY_CLUSTERS = frozenset({"pleroma", "akkoma"})


@dataclass(frozen=True, slots=True)
class Instance:
    """What a server says of itself. ``streaming`` is the origin of its streams, or empty.

    ``types`` are those of files that it takes and we know; empty where it does not say.
    """

    domain: str
    software: str
    version: str
    characters: int
    per_link: int
    streaming: str
    pictures: int = PICTURES
    picture_bytes: int = PICTURE_BYTES
    alt: int = ALT
    film_bytes: int = FILM_BYTES
    types: frozenset[str] = frozenset()

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
            "film_bytes": str(self.film_bytes),
            "types": " ".join(sorted(self.types)),
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
        film_bytes=_count(files.get("video_size_limit"), FILM_BYTES),
        types=_types(files.get("supported_mime_types")),
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


def _types(said: object) -> frozenset[str]:
    """Those that we know; the many names of one type are told apart by its bytes alone."""
    given = {one for one in said if isinstance(one, str)} if isinstance(said, list) else set()
    return frozenset(given & _KNOWN_TYPES)


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
    """What files the account's server takes, and how much may be said of a picture.

    A server that does not say which is taken to show pictures, and what Mastodon shows if it is
    one: others of its kin show less.
    """
    is_mastodon = settings.get("software", MASTODON) == MASTODON
    told = frozenset(settings.get("types", "").split()) & _KNOWN_TYPES
    types = told or (PICTURE_TYPES | FILM_TYPES | SOUND_TYPES if is_mastodon else PICTURE_TYPES)
    pictures = MediaLimit(
        IMAGE,
        _setting(settings, "pictures", PICTURES),
        _setting(settings, "picture_bytes", PICTURE_BYTES),
        types - FILM_TYPES - SOUND_TYPES,
        _setting(settings, "alt", ALT),
    )
    film_bytes = _setting(settings, "film_bytes", FILM_BYTES)
    films, sounds = (
        MediaLimit(kind, 1, film_bytes, types & those, goes_alone=True)
        for kind, those in ((VIDEO, FILM_TYPES), (AUDIO, SOUND_TYPES))
    )
    limits = (limit for limit in (pictures, films, sounds) if limit.types)
    return MediaRule(MANIFEST.title, tuple(limits))


def _setting(settings: Mapping[str, str], name: str, otherwise: int) -> int:
    value = settings.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and int(value) > 0 else otherwise
