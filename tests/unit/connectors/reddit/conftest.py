"""A Reddit in memory, and the connector on it."""

from __future__ import annotations

import pytest

from hearwell.connectors.reddit.fake import Fake


@pytest.fixture
def reddit() -> Fake:
    return Fake()
