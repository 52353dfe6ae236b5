"""Migrations go back and forth with rows in the tables, and leave nothing behind or out.

In every run of the tests the last step of each part; with ``HEARWELL_LAB="migrations=1"`` all of
them, down to an empty database.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hearwell.config.addresses import django_database
from hearwell.ops.roles import grant_foreign_tables
from tests import cluster_for_tests as clusters
from tests.crash.scale import SCALE
from tests.crash.simulator import Story

pytestmark = pytest.mark.slow
OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("hearwell.")]
_SCHEMA = """
SELECT 'column', table_name, column_name, concat_ws(' ', data_type, character_maximum_length,
    is_nullable, column_default)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'policy', tablename, policyname, concat_ws(' ', roles, cmd, qual, with_check)
FROM pg_policies
UNION ALL
SELECT 'table', relname, relkind::text, concat_ws(' ', relowner::regrole, relrowsecurity,
    relforcerowsecurity, array_to_string(ARRAY(SELECT unnest(relacl)::text ORDER BY 1), ' '))
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
UNION ALL
SELECT 'function', p.oid::regprocedure::text, proowner::regrole::text,
    concat_ws(' ', prosecdef, md5(prosrc),
        array_to_string(ARRAY(SELECT unnest(proacl)::text ORDER BY 1), ' '))
FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
"""
Fact = tuple[str, ...]


@pytest.fixture
def apart(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of this test's own, of which we are the worker; yields its name."""
    cluster = clusters.session_cluster()
    with clusters.cloned_database(cluster) as name:
        connection.close()
        as_role("hearwell_worker", name, monkeypatch)
        yield name
        connection.close()


def as_role(role: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    for key, value in django_database(clusters.session_cluster().conninfo(role, name)).items():
        monkeypatch.setitem(connection.settings_dict, key, value)


def asked(name: str, statement: str) -> set[Fact]:
    where = clusters.session_cluster().conninfo("postgres", name)
    with psycopg.connect(where) as session:
        return {tuple(map(str, row)) for row in session.execute(statement)}


def test_back_and_forth_with_rows_leaves_nothing_behind_or_out(
    apart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Story(seed=5, messages=4).run() == []
    before = asked(apart, _SCHEMA)
    kept = asked(apart, "SELECT id FROM conversations_message")
    assert kept

    as_role("hearwell_owner", apart, monkeypatch)
    there = MigrationExecutor(connection).loader.graph
    leaves = [leaf for leaf in there.leaf_nodes() if leaf[0] in OURS]
    # What stands on another part's last step goes back with that.
    back = [
        target
        for target in (_one_before(there, leaf) for leaf in leaves)
        if target[1] is None or not {*leaves} & {*there.forwards_plan(target)}
    ]
    MigrationExecutor(connection).migrate(back)
    between = asked(apart, _SCHEMA)
    MigrationExecutor(connection).migrate(there.leaf_nodes())
    connection.close()
    grant_foreign_tables(clusters.session_cluster().conninfo("hearwell_owner", apart))

    after = asked(apart, _SCHEMA)
    gone, more = sorted(before - after), sorted(after - before)
    sys.stdout.write(f"{len(leaves)} parts; {len(before - between)} facts went and came\n")
    assert (gone, more) == ([], [])
    if not SCALE.migrations:
        assert asked(apart, "SELECT id FROM conversations_message") == kept


def _one_before(graph: object, leaf: tuple[str, str]) -> tuple[str, str | None]:
    parents = [parent.key for parent in graph.node_map[leaf].parents if parent.key[0] == leaf[0]]  # type: ignore[attr-defined]
    return (leaf[0], None) if SCALE.migrations or not parents else parents[0]
