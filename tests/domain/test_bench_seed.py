"""The benchmarks are run by hand and seldom: what they lean on must not move away from under them.

What the page benchmarks look at is made in SQL of its own: it must follow the tables.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import bench
from bench.seed import MESSAGES_A_CASE, seed
from tests import cluster_for_tests as clusters


def test_the_benchmarks_seed_fits_the_tables() -> None:
    cluster = clusters.session_cluster()
    with clusters.cloned_database(cluster) as name:
        made = seed(cluster.conninfo("hearwell_owner", name), 10 * MESSAGES_A_CASE)
    assert made.messages == 10 * MESSAGES_A_CASE


@pytest.mark.parametrize("name", sorted(path.stem for path in Path(bench.__path__[0]).glob("*.py")))
def test_every_benchmark_finds_what_it_imports(name: str) -> None:
    assert import_module(f"bench.{name}")
