"""What the connector did on a real network it does again: the same requests, the same outcome."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import time_machine

from hearwell.connectors.bluesky.connector import BlueskyConnector
from hearwell.connectors.bluesky.session import Places
from tests.unit.connectors.bluesky.scenes import (
    DIRECTORY,
    SCENES,
    SERVER,
    Recording,
    account_of,
    asked,
    outcome_of,
)


class Replay:
    """Answers as the real network did, and remembers what it was asked."""

    def __init__(self, recording: Recording) -> None:
        self.left = list(recording.exchanges)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(asked(request))
        answer = self.left.pop(0)["answer"]
        headers = answer["headers"]
        if answer["body"] is None:
            return httpx.Response(answer["status"], headers=headers)
        return httpx.Response(answer["status"], json=answer["body"], headers=headers)


@pytest.mark.parametrize("name", SCENES)
def test_scene(name: str) -> None:
    recording = Recording.load(name)
    replay = Replay(recording)
    connector = BlueskyConnector(
        lambda _: httpx.Client(transport=httpx.MockTransport(replay)), Places(SERVER, DIRECTORY)
    )
    account = account_of(recording.facts)
    with time_machine.travel(recording.at, tick=False):
        outcome = outcome_of(connector, lambda: SCENES[name](connector, account, recording.facts))
    assert replay.asked == [exchange["asked"] for exchange in recording.exchanges]
    assert outcome == recording.outcome
