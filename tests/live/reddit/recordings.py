"""Exchanges with the real Reddit, as asyncpraw's authors recorded them for their tests.

They are in its source distribution, which pip fetches once below the user's cache. Nothing of it
is copied into this repository.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.live.installed import cache_folder

RELEASE = "asyncpraw==8.0.3"
FETCH_S = 600


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; ``body`` is its JSON, None if it is none."""

    cassette: str
    method: str
    path: str
    status: int
    text: str
    headers: dict[str, str]
    body: Any


def _archive() -> tarfile.TarFile:
    folder = cache_folder() / "asyncpraw"
    found = list(folder.glob("asyncpraw-*.tar.gz"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
            RELEASE, "--dest", str(folder),
        ]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, timeout=FETCH_S)
        if done.returncode:
            pytest.skip(f"{RELEASE} could not be fetched: {done.stderr.decode()[-300:]}")
        found = list(folder.glob("asyncpraw-*.tar.gz"))
    return tarfile.open(found[0])


@cache
def exchanges() -> tuple[Exchange, ...]:
    """All of them."""
    with _archive() as archive:
        return tuple(_read(archive))


def _read(archive: tarfile.TarFile) -> Iterator[Exchange]:
    for member in archive:
        name = member.name.partition("/cassettes/")[2]
        if not name.endswith(".json"):
            continue
        file = archive.extractfile(member)
        assert file
        for one in json.load(file).get("interactions", []):
            yield _exchange(name, one)


def _exchange(name: str, one: dict[str, Any]) -> Exchange:
    request, response = one["request"], one["response"]
    headers = {key.lower(): values[0] for key, values in response["headers"].items() if values}
    text = response["body"].get("string") or ""
    text = text if isinstance(text, str) else json.dumps(text)
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    path, status = urlsplit(request["uri"]).path, response["status"]["code"]
    return Exchange(name, request["method"], path, status, text, headers, body)


def things(*kinds: str) -> Iterator[dict[str, Any]]:
    """Every thing of these kinds, wherever in a good answer it stands."""
    for one in exchanges():
        if one.status == 200:
            yield from _within(one.body, set(kinds))


def _within(value: Any, kinds: set[str]) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("kind") in kinds and isinstance(value.get("data"), dict):
            yield value
        for inner in value.values():
            yield from _within(inner, kinds)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, kinds)
