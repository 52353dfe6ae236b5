"""Watched brands for programs: asked for, looked at, paused, stopped, taken back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hearwell.benchmarks.models import Panel
from hearwell.watching.models import Watch
from tests.api.conftest import program_of
from tests.watched_brand import harbour, well_known

pytestmark = pytest.mark.django_db


def test_a_program_watches_a_brand(workspace, alice, bob, monkeypatch):
    panel = Panel.objects.create(
        workspace_id=workspace.id, name="Air", industry="airline", brands=[], by_id=alice.id
    )
    town = harbour(workspace.id, alice, monkeypatch, panel_id=panel.id)
    well_known(town)
    program, at = program_of(workspace, alice), f"/benchmarks/{panel.id}/watched"
    wish = {"channel_id": str(town.channel.id), "handle": "@skerryjet"}
    own = program.post(at, wish | {"handle": "@northwindair"}).json()
    assert (own["status"], own["code"]) == (422, "bad_handle")
    made = program.post(at, wish)
    assert (made.status_code, made.json()["state"]) == (202, "looking")
    town.read(town.looked_up(Watch.objects.get()))
    told = program.get(at).json()
    assert [(row["state"], row["messages"], row["problem"]) for row in told] == [("active", 71, "")]
    one = f"/benchmarks/watched/{made.json()['id']}"
    assert program.post(f"{one}/pause", {}).json()["state"] == "paused"
    assert program.post(f"{one}/resume", {}).json()["state"] == "active"
    assert program("DELETE", f"{one}?keep=false").status_code == 204
    assert program.get(one).json()["removed_at"]
    assert program.post(f"{one}/undo", {}).json()["state"] == "active"
    assert program.get(f"/benchmarks/watched/{uuid4()}").status_code == 404
    assert program.get(f"/benchmarks/{uuid4()}/watched").status_code == 404
    reader = program_of(workspace, bob)
    assert reader.get(one).status_code == 200
    assert reader.post(f"{one}/pause", {}).status_code == 403
