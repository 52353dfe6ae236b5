"""Badges: capability by class, proof by quality.yaml and manifest; by contract is never live."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hearwell.connect.proof import badge_of, badge_rows
from tests.pigeon import Pigeon

RULES: Any = {
    "rules": {
        "requests_checked_against_the_official_specification": "done",
        "moderation": {"status": "exempt", "reason": "none"},
    },
    "proof": {"recorded": ["Webhooks", "Replies"], "live": ["Webhooks"]},
}


def _contracted() -> Pigeon:
    manifest = replace(Pigeon.manifest, is_by_contract=True)
    kind: Any = type("Contracted", (Pigeon,), {"manifest": manifest})
    return kind()


def test_a_capability_is_what_the_class_is_and_proof_is_told_of_each() -> None:
    badge = badge_of(Pigeon(), RULES, is_live=True)
    assert badge.proofs["Webhooks"] == ("live", "recorded")
    assert badge.proofs["Polls"] == ("fake",)
    assert "Replies" not in badge.proofs
    assert (badge.whole, badge.exempt) == (("live test", "spec"), 1)


def test_by_contract_is_never_live() -> None:
    badge = badge_of(_contracted(), RULES, is_live=True)
    assert badge.proofs["Webhooks"] == ("recorded",)
    assert badge.proofs["Polls"] == ("contract",)
    assert badge.whole == ("spec", "contract")


def test_a_row_shows_the_proof_where_there_is_the_capability() -> None:
    (row,) = badge_rows([badge_of(Pigeon(), {}, is_live=False)])
    assert row[:5] == ["Pigeon post", "fake", "fake", "fake", "-"]
    assert row[-2:] == ["-", "0"]
