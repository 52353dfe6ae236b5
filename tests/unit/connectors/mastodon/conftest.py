"""A fake server for each test."""

from __future__ import annotations

import pytest

from hearwell.connectors.mastodon.fake import Fake


@pytest.fixture
def fake() -> Fake:
    """Northwind Air on a server of Mastodon's family."""
    return Fake()
