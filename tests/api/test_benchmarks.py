"""Benchmarks for programs: panels, and their leagues with the method in full."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.benchmarks.models import Panel
from tests.api.conftest import program_of
from tests.factories import make_channel

pytestmark = pytest.mark.django_db


def test_a_program_reads_panels_and_leagues(workspace, bob):
    program, channel = program_of(workspace, bob), make_channel()
    brand = {"name": "Ours", "channel_ids": [str(channel.id)], "is_own": True}
    panel = Panel.objects.create(
        workspace_id=workspace.id, name="Air", industry="airline", brands=[brand], by_id=bob.id
    )
    assert program.get("/benchmarks").json()[0]["brands"] == [brand]
    path = f"/benchmarks/{panel.id}/league?first=2026-03-01&last=2026-03-31"
    told = program.get(f"{path}&method=quintly").json()
    assert (told["method"], told["method_version"]) == ("quintly", 1)
    assert "within 7 days" in told["definition"]
    line = told["lines"][0]
    assert (line["response_rate"], line["place"], line["share_of_voice"]) == (None, None, None)
    assert line["unranked_because"] == "nobody wrote to it in this period"
    assert len(told["own_places"]) == 8
    assert program.get(path.replace("03-01", "04-01")).status_code == 422
    assert program.get(f"{path}&method=none").status_code == 422
    assert program.get(path.replace(str(panel.id), str(uuid4()))).status_code == 404
