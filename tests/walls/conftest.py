"""Two houses that are both full."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from hearwell.accounts.models import Workspace
from hearwell.connect import registry
from tests.pigeon import Pigeon
from tests.walls import world
from tests.walls.walking import in_silence
from tests.walls.world import FOREIGN, OWN, WORDS


@pytest.fixture
def houses(
    transactional_db, settings, monkeypatch, frozen
) -> Iterator[tuple[Workspace, Workspace]]:
    """Northwind, where people walk, and Contoso, whose things must not be there."""
    monkeypatch.setitem(registry._connectors, WORDS[OWN], Pigeon())
    settings.ACCOUNT_RATE_LIMITS = {}
    ours = Workspace.objects.create(name="Northwind Air", slug="northwind")
    theirs = Workspace.objects.create(name="Contoso Rail", slug="contoso")
    world.fill(ours, OWN)
    world.fill(theirs, FOREIGN)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '10s'")
    with in_silence():
        yield ours, theirs
