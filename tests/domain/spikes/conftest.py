"""An account with a past."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel
from tests.domain.spikes.stream import MONDAY, ordinary, take_in
from tests.factories import make_channel

DAYS = 10


@pytest.fixture
def channel(workspace: Workspace) -> Channel:
    """An account with ten ordinary days behind it."""
    with time_machine.travel(MONDAY, tick=False):
        account = make_channel()
        take_in(account, ordinary(MONDAY - timedelta(days=DAYS), DAYS, 80))
    return account
