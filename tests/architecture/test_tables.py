"""Every table is guarded by row-level security, or is named, with its reason, among the few."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "tables.md"
PARTITION = re.compile(r"^channels_rawdelivery_")

pytestmark = pytest.mark.django_db


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def documented() -> set[str]:
    cells = re.findall(r"^\| (`[^|]+) \|", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([a-z_]+)`", cell)}


def tables() -> dict[str, tuple[bool, bool, bool]]:
    found = rows(
        """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
               EXISTS (SELECT FROM pg_attribute a
                       WHERE a.attrelid = c.oid AND a.attname = 'workspace_id')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
        """
    )
    return {name: flags for name, *flags in found if not PARTITION.match(name)}


def test_every_table_is_guarded_or_documented_as_global():
    open_tables = {name for name, (on, forced, _) in tables().items() if not (on and forced)}
    assert open_tables == documented() & set(tables()), "see docs/reference/tables.md"


def test_the_reference_names_no_table_that_is_gone():
    assert documented() <= set(tables())


def test_guarded_tables_have_a_workspace():
    guarded = {name: has for name, (on, _, has) in tables().items() if on}
    assert [name for name, has in guarded.items() if not has] == []


def test_workspace_leads_every_unique_index_of_guarded_tables():
    wrong = rows(
        """
        SELECT i.relname FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_class c ON c.oid = x.indrelid
        WHERE x.indisunique AND NOT x.indisprimary AND c.relrowsecurity
          AND (SELECT attname FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum = x.indkey[0]) <> 'workspace_id'
        """
    )
    assert wrong == []


def test_foreign_keys_between_guarded_tables_carry_the_workspace():
    narrow = rows(
        """
        SELECT k.conname FROM pg_constraint k
        JOIN pg_class a ON a.oid = k.conrelid JOIN pg_class b ON b.oid = k.confrelid
        WHERE k.contype = 'f' AND a.relrowsecurity AND b.relrowsecurity
          AND array_length(k.conkey, 1) < 2
        """
    )
    assert narrow == []


def test_the_policy_checks_reads_and_writes_everywhere():
    guarded = {name for name, (on, _, _) in tables().items() if on}
    checked = rows(
        "SELECT tablename FROM pg_policies WHERE qual LIKE '%app.workspace%'"
        " AND with_check LIKE '%app.workspace%' AND schemaname = 'public'"
    )
    assert guarded == {name for (name,) in checked}


def test_no_role_that_serves_is_above_the_law():
    powers = rows(
        "SELECT rolname FROM pg_roles WHERE rolname IN ('hearwell_app', 'hearwell_worker')"
        " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
    )
    owned = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE r.rolname IN ('hearwell_app', 'hearwell_worker') AND c.relkind IN ('r', 'p')"
    )
    assert (powers, owned) == ([], [])


def test_definer_functions_pin_their_search_path_and_are_not_public():
    loose = rows(
        """
        SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.prosecdef
          AND (p.proconfig IS NULL OR NOT p.proconfig::text LIKE '%search_path%'
               OR has_function_privilege('public', p.oid, 'EXECUTE'))
        """
    )
    assert loose == []
