"""A small web in memory, in which no time passes between two calls of one host."""

from __future__ import annotations

import pytest

from hearwell.connectors.feeds import manners
from hearwell.connectors.feeds.fake import Fake


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    monkeypatch.setattr(manners, "SPACING_S", 0.0)
    return Fake()
