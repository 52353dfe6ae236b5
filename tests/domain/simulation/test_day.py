"""A small day, played through in the real house."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from hearwell.connect import registry
from hearwell.conversations.models import Case, Message
from hearwell.kit.scope import scope
from hearwell.kit.seal import make_keys
from hearwell.simulation.day import play
from hearwell.simulation.findings import found
from hearwell.simulation.network import NETWORK
from hearwell.sla.models import Clock


@pytest.fixture
def _house_of_its_own(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_keys(tmp_path)
    settings.HEARWELL_KEYS = tmp_path
    monkeypatch.setattr(registry, "_connectors", dict(registry._connectors))


@pytest.mark.usefixtures("transactional_db", "_house_of_its_own")
def test_a_small_day_ends_with_everybody_answered():
    played = play(messages=40, agents=3, seed=5, lasts_s=7_200)
    figures = found(played)
    assert figures["messages"] >= 40
    assert figures["without_owner_or_verdict"] == figures["closed_without_a_reason"] == 0
    assert figures["closed_unanswered"] == figures["missed_by_triage"] == 0
    # Whoever wrote in the last hour may still wait.
    assert 20 < figures["wanted_an_answer"] - 2 <= figures["answered"]
    assert figures["within_what_they_expect"]["share"] > 0.9
    with scope(played.house.id):
        assert {case.network for case in Case.objects.all()} == {NETWORK}
        out = Message.objects.filter(direction="out")
        assert out.count() == len(set(out.values_list("remote_id", flat=True)))
        late = [c for c in Clock.objects.all() if c.met_at and c.met_at > played.now()]
        assert late == []
