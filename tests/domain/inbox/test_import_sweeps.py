"""An import that nobody works on any more is taken up again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.channels.models import ImportRun
from hearwell.inbox import importing, sweeps
from hearwell.kit.clock import now
from tests.unit.reports.study import harbour_town as town

pytestmark = pytest.mark.django_db


def test_a_background_import_whose_worker_died_is_queued_again(workspace, tmp_path, monkeypatch):
    archive = town.write(tmp_path / "archive.csv", town.twcs(town.ROWS))
    stalled = importing.start_import(workspace.id, archive)
    woken: list[object] = []
    monkeypatch.setattr(sweeps, "defer_import", lambda *ids: woken.append(ids) or True)
    assert sweeps.wake_stalled_imports() == 0
    ImportRun.objects.filter(id=stalled.id).update(moved_at=now() - timedelta(minutes=11))
    assert sweeps.wake_stalled_imports() == 1
    assert woken == [(workspace.id, stalled.id)]
