"""The registry: one connector a network, third parties by entry point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from hearwell.connect import registry
from hearwell.connectors.sandbox.connector import SandboxConnector


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_connectors", {})


class Pigeon(SandboxConnector):
    """Somebody else's connector."""

    manifest = replace(SandboxConnector.manifest, network="pigeon")


class Impostor(SandboxConnector):
    """Claims a key that is taken."""


def test_known_by_its_key() -> None:
    sandbox, pigeon = SandboxConnector(), Pigeon()
    registry.register(sandbox)
    registry.register(pigeon)
    assert registry.connector_for("pigeon") is pigeon
    assert registry.all_connectors() == (pigeon, sandbox)


def test_registering_again_renews() -> None:
    first, second = SandboxConnector(), SandboxConnector()
    registry.register(first)
    registry.register(second)
    assert registry.connector_for("sandbox") is second


def test_a_key_is_taken_once() -> None:
    registry.register(SandboxConnector())
    with pytest.raises(registry.NetworkTakenError, match="Impostor"):
        registry.register(Impostor())


def test_an_unknown_network() -> None:
    with pytest.raises(registry.UnknownNetworkError):
        registry.connector_for("smoke signals")


def test_other_packages_offer_connectors(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("pigeon", f"{__name__}:Pigeon", registry.ENTRY_POINT_GROUP)

    def entry_points(*, group: str) -> Iterator[EntryPoint]:
        return iter([entry] if group == "hearwell.connectors" else [])

    monkeypatch.setattr(registry, "entry_points", entry_points)
    monkeypatch.setattr(EntryPoint, "load", lambda _: Pigeon)
    assert registry.register_entry_points() == ["pigeon"]
    assert isinstance(registry.connector_for("pigeon"), Pigeon)
