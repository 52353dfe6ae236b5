"""An X in memory, and the connector on it."""

from __future__ import annotations

import pytest

from hearwell.connectors.x.fake import Fake


@pytest.fixture
def fake() -> Fake:
    return Fake()
