"""Every connector of this house keeps every promise of the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearwell.config.environment import read_environment
from hearwell.config.wiring import wire
from hearwell.connect.conformance import CHECKS, Check, names_of
from hearwell.connect.contract import Connector
from hearwell.connect.registry import all_connectors
from hearwell.connect.subject import subject_for

wire(read_environment({}))
PAYLOADS = Path(__file__).parent / "payloads"
CONNECTORS = all_connectors()


def _recordings(network: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((PAYLOADS / network).iterdir())}


@pytest.mark.parametrize("check", CHECKS, ids=names_of(CHECKS))
@pytest.mark.parametrize("connector", CONNECTORS, ids=[c.manifest.network for c in CONNECTORS])
def test_conforms(connector: Connector, check: Check) -> None:
    check(subject_for(connector), _recordings(connector.manifest.network))


@pytest.mark.parametrize("connector", CONNECTORS, ids=[c.manifest.network for c in CONNECTORS])
def test_folder_is_complete(connector: Connector) -> None:
    folder = Path(subject_for(connector).__module__.replace(".", "/")).parent
    here = Path(__file__).parents[2] / "src" / folder
    expected = {"connector.py", "parse.py", "manifest.py", "fake.py", "quality.yaml", "README.md"}
    assert expected <= {path.name for path in here.iterdir()}
