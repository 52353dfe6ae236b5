"""Exchanges with real Mastodon servers, as Mastodon.py's authors recorded them for their tests.

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
import yaml

from tests.live.installed import cache_folder

RELEASE = "Mastodon.py==2.3.3"
FETCH_S = 600


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; ``body`` is its JSON, None if it is none."""

    cassette: str
    method: str
    path: str
    status: int
    body: Any
    text: str
    headers: dict[str, str]


def _archive() -> tarfile.TarFile:
    folder = cache_folder() / "mastodon.py"
    found = list(folder.glob("mastodon_py-*.tar.gz"))
    if not found:
        folder.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
            RELEASE, "--dest", str(folder),
        ]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, timeout=FETCH_S)
        if done.returncode:
            pytest.skip(f"{RELEASE} could not be fetched: {done.stderr.decode()[-300:]}")
        found = list(folder.glob("mastodon_py-*.tar.gz"))
    return tarfile.open(found[0])


@cache
def exchanges() -> tuple[Exchange, ...]:
    """All of them: of servers from 2.9 to 4.7."""
    with _archive() as archive:
        return tuple(_read(archive))


def _read(archive: tarfile.TarFile) -> Iterator[Exchange]:
    for member in archive:
        name = member.name.partition("/tests/")[2]
        if "cassettes" not in name or not name.endswith(".yaml") or name.endswith(".ws.yaml"):
            continue
        file = archive.extractfile(member)
        assert file
        try:
            said = yaml.load(file, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:
            continue
        for one in said.get("interactions", []):
            yield _exchange(name, one)


def _exchange(name: str, one: dict[str, Any]) -> Exchange:
    request, response = one["request"], one["response"]
    text = response["body"].get("string") or ""
    text = text if isinstance(text, str) else text.decode("utf-8", "replace")
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    headers = {key.lower(): values[0] for key, values in response["headers"].items() if values}
    path, status = urlsplit(request["uri"]).path, response["status"]["code"]
    return Exchange(name, request["method"], path, status, body, text, headers)


@cache
def socket_events() -> tuple[tuple[str, str], ...]:
    """Events (name, payload) of recorded WebSocket streams."""
    found: list[tuple[str, str]] = []
    with _archive() as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".ws.yaml") else None
            if file is None:
                continue
            said = yaml.load(file, Loader=yaml.CSafeLoader)
            heard = (
                i["receive"]
                for c in said["connections"]
                for i in c["interactions"]
                if "receive" in i
            )
            found += [(one["event"], one["payload"]) for one in heard if "payload" in one]
    return tuple(found)


def objects(*names: str, newest: bool = False) -> Iterator[dict[str, Any]]:
    """Every object with all of these names, wherever in a good answer it stands."""
    wanted = set(names)
    for one in exchanges():
        if one.status < 400 and (not newest or one.cassette.startswith("cassettes/")):
            yield from _within(one.body, wanted)


def _within(value: Any, wanted: set[str]) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if wanted <= value.keys():
            yield value
        for inner in value.values():
            yield from _within(inner, wanted)
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, wanted)
