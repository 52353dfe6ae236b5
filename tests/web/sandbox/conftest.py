"""The keyrings, which opening a sandbox seals with."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from hearwell.kit.seal import make_keys


@pytest.fixture(autouse=True, scope="session")
def _keys() -> None:
    make_keys(Path(settings.HEARWELL_KEYS))
