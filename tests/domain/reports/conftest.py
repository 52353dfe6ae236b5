from __future__ import annotations

import pytest

from tests.exchange import Exchange


@pytest.fixture
def exchange(workspace, frozen):
    return Exchange(workspace.id)
