"""The audit trail's chain: what was altered, removed, swapped or slipped in is named exactly."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib import import_module

import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection, connections, transaction

from hearwell.accounts.cli import audit
from hearwell.accounts.models import AuditBlock, AuditRow
from hearwell.accounts.sealing import Head, head_of, verify
from hearwell.accounts.services import AuditEntry, create_workspace, record_audit
from hearwell.kit.scope import scope

pytestmark = pytest.mark.django_db(transaction=True)
MANY, BULK = 5000, 500


@pytest.fixture
def workspace():
    return create_workspace("Ours")


@pytest.fixture
def as_superuser():
    """Act as one who has the whole database: that is whom a chain is for."""
    here = connection.settings_dict
    with psycopg.connect(
        host=here["HOST"], port=here["PORT"] or None, dbname=here["NAME"], user="postgres",
        autocommit=True,
    ) as server:  # fmt: skip
        yield server


def write(workspace, count, words="act"):
    with scope(workspace.id):
        entries = [
            AuditEntry(f"{words}.{n}", summary="Grüße 👋", after={"n": n, "a": [1.5, None]})
            for n in range(count)
        ]
        record_audit(workspace.id, entries)


def rows_of(workspace):
    with scope(workspace.id):
        return list(AuditRow.objects.filter(workspace_id=workspace.id).order_by("id"))


def blocks_of(workspace):
    with scope(workspace.id):
        return list(AuditBlock.objects.filter(workspace_id=workspace.id).order_by("seq"))


def head(workspace):
    with scope(workspace.id):
        return head_of(workspace.id)


@pytest.fixture
def long_trail(workspace):
    """5,000 lines: in bulk, singly, and by a transaction of several statements."""
    for _ in range(9):
        write(workspace, BULK)
    for _ in range(400):
        write(workspace, 1, "single")
    with transaction.atomic():
        for _ in range(100):
            write(workspace, 1, "together")
    rows = rows_of(workspace)
    assert len(rows) == MANY
    return rows


def test_a_trail_is_whole_from_its_first_line(workspace):
    assert verify(workspace.id).broken is None
    write(workspace, 3)
    write(workspace, 1)
    verdict = verify(workspace.id)
    assert (verdict.lines, verdict.blocks, verdict.broken) == (4, 2, None)
    assert [block.seq for block in blocks_of(workspace)] == [1, 2]


def test_each_of_five_thousand_lines_is_found_when_it_is_altered_removed_or_swapped(
    workspace, long_trail, as_superuser
):
    """Every way on lines from all over the trail, put back each time."""
    assert verify(workspace.id).lines == MANY
    for place in (0, 1, 777, BULK * 9 - 1, BULK * 9, 4711, MANY - 1):
        row = long_trail[place]
        other = long_trail[(place + 1234) % MANY]
        first = min(row, other, key=lambda line: line.id)
        as_superuser.execute("UPDATE accounts_auditrow SET summary = 'x' WHERE id = %s", [row.id])
        assert verify(workspace.id).broken.row_id == row.id
        as_superuser.execute(
            "UPDATE accounts_auditrow SET summary = %s WHERE id = %s", [row.summary, row.id]
        )
        as_superuser.execute(
            "CREATE TABLE aside AS SELECT * FROM accounts_auditrow WHERE id = %s", [row.id]
        )
        as_superuser.execute("DELETE FROM accounts_auditrow WHERE id = %s", [row.id])
        assert verify(workspace.id).broken.row_id == row.id
        as_superuser.execute("SET session_replication_role = replica")
        as_superuser.execute("INSERT INTO accounts_auditrow SELECT * FROM aside")
        as_superuser.execute("SET session_replication_role = origin")
        as_superuser.execute("DROP TABLE aside")
        swap = """UPDATE accounts_auditrow AS one SET action = other.action, at = other.at,
            after = other.after FROM accounts_auditrow AS other
            WHERE one.id = ANY (%(both)s) AND other.id = ANY (%(both)s) AND one.id <> other.id"""
        as_superuser.execute(swap, {"both": [row.id, other.id]})
        assert verify(workspace.id).broken.row_id == first.id
        as_superuser.execute(swap, {"both": [row.id, other.id]})
    assert verify(workspace.id).broken is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "'2020-01-01'"),
        ("actor_id", "gen_random_uuid()"),
        ("actor_name", "'Somebody Else'"),
        ("action", "'other'"),
        ("target_kind", "'case'"),
        ("target_id", "gen_random_uuid()"),
        ("summary", "summary || ' '"),
        ("before", "'{}'"),
        ("after", "'{\"n\": 2}'"),
    ],
)
def test_no_column_is_left_out(workspace, as_superuser, column, value):
    write(workspace, 1)
    as_superuser.execute(f"UPDATE accounts_auditrow SET {column} = {value}")
    assert verify(workspace.id).broken.row_id == rows_of(workspace)[0].id


def test_a_line_altered_together_with_its_digest_breaks_the_seal(workspace, as_superuser):
    for _ in range(3):
        write(workspace, 1)
    block = blocks_of(workspace)[1]
    as_superuser.execute(
        "UPDATE accounts_auditblock SET row_digests = sha256('other') WHERE id = %s", [block.id]
    )
    assert verify(workspace.id).broken.why == "the line was altered"
    row_id = block.row_ids[0]
    as_superuser.execute("UPDATE accounts_auditrow SET action = 'x' WHERE id = %s", [row_id])
    as_superuser.execute(
        """UPDATE accounts_auditblock SET row_digests = (
             SELECT sha256(convert_to(jsonb_build_array(id, workspace_id, extract(epoch FROM at),
               actor_id, actor_name, action, target_kind, target_id, summary, before, after)::text,
               'UTF8')) FROM accounts_auditrow WHERE id = %s) WHERE id = %s""",
        [row_id, block.id],
    )
    broken = verify(workspace.id).broken
    assert (broken.seq, broken.row_id) == (2, row_id)
    assert "seal" in broken.why


def test_blocks_that_are_removed_or_change_places_are_found(workspace, as_superuser):
    for _ in range(4):
        write(workspace, 1)
    second, third = blocks_of(workspace)[1:3]
    places = "UPDATE accounts_auditblock SET seq = %s WHERE id = %s"
    for seq, block in ((99, second), (2, third), (3, second)):
        as_superuser.execute(places, [seq, block.id])
    assert verify(workspace.id).broken.seq == 2
    for seq, block in ((99, second), (3, third), (2, second)):
        as_superuser.execute(places, [seq, block.id])
    assert verify(workspace.id).broken is None
    as_superuser.execute("DELETE FROM accounts_auditblock WHERE id = %s", [second.id])
    assert verify(workspace.id).broken.seq == 2


def test_a_line_slipped_in_past_the_triggers_is_found(workspace, as_superuser):
    write(workspace, 2)
    as_superuser.execute("SET session_replication_role = replica")
    as_superuser.execute(
        """INSERT INTO accounts_auditrow (id, workspace_id, at, actor_name, action, target_kind,
             summary) VALUES (gen_random_uuid(), %s, now(), '', 'forged', '', '')""",
        [workspace.id],
    )
    broken = verify(workspace.id).broken
    assert (broken.seq, broken.why.split(":")[0]) == (None, "the line was never sealed")


def test_a_head_kept_elsewhere_shows_an_end_cut_off_and_a_chain_made_anew(workspace, as_superuser):
    for _ in range(3):
        write(workspace, 1)
    kept = head(workspace)
    write(workspace, 1)
    assert verify(workspace.id, kept).broken is None
    last = blocks_of(workspace)[2:]
    for block in last:
        as_superuser.execute("DELETE FROM accounts_auditblock WHERE id = %s", [block.id])
        as_superuser.execute("DELETE FROM accounts_auditrow WHERE id = ANY (%s)", [block.row_ids])
    assert verify(workspace.id).broken is None, "alone, a chain cannot know its end"
    assert "cut off" in verify(workspace.id, kept).broken.why
    write(workspace, 1)
    assert "made anew" in verify(workspace.id, kept).broken.why


def test_the_serving_roles_can_only_append(workspace):
    write(workspace, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT role, "table", privilege FROM
                 unnest(ARRAY['hearwell_app', 'hearwell_worker', 'hearwell_definer']) AS role,
                 unnest(ARRAY['accounts_auditrow', 'accounts_auditblock']) AS "table",
                 unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
               WHERE has_table_privilege(role, "table", privilege)"""
        )
        rights = set(cursor.fetchall())
    assert rights == {
        ("hearwell_app", "accounts_auditrow", "INSERT"),
        ("hearwell_worker", "accounts_auditrow", "INSERT"),
        ("hearwell_definer", "accounts_auditrow", "INSERT"),
        # Only inside the two functions: it cannot sign in.
        ("hearwell_definer", "accounts_auditblock", "INSERT"),
        ("hearwell_definer", "accounts_auditblock", "UPDATE"),
    }


def test_many_at_once_make_one_chain(workspace):
    """Eight that write together in two workspaces, each in transactions of a few statements."""
    other = create_workspace("Theirs")

    def work(number):
        try:
            for turn in range(12):
                with transaction.atomic():
                    write((workspace, other)[(number + turn) % 2], 1 + turn % 3)
                    write((workspace, other)[(number + turn) % 2], 1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    for place in (workspace, other):
        verdict = verify(place.id)
        assert verdict.broken is None
        assert verdict.blocks == 8 * 12
        assert verdict.lines == len(rows_of(place))


def test_nothing_of_what_was_rolled_back_is_in_the_chain(workspace):
    write(workspace, 1)

    def fail():
        with scope(workspace.id):
            record_audit(workspace.id, [AuditEntry("never")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    write(workspace, 1)
    assert [block.seq for block in blocks_of(workspace)] == [1, 2]
    assert verify(workspace.id).broken is None


def test_waiting_for_a_row_while_auditing_is_no_deadlock(workspace):
    """The lock is taken at the commit: one may audit first and wait for a row, another after it."""
    other = create_workspace("A row to wait for")

    def lock_then_audit():
        with transaction.atomic():
            type(other).objects.select_for_update().get(id=other.id)
            with scope(workspace.id):
                record_audit(workspace.id, [AuditEntry("row first")])
                ready.set_result(None)
                go_on.result(10)
        connections.close_all()

    from concurrent.futures import Future

    ready, go_on = Future(), Future()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(lock_then_audit)
        ready.result(10)
        with scope(workspace.id):
            record_audit(workspace.id, [AuditEntry("audit first")])
            go_on.set_result(None)
            type(other).objects.select_for_update().get(id=other.id)
        running.result(10)
    assert verify(workspace.id).lines == 2


def test_lines_from_before_the_chain_are_sealed_by_the_upgrade(workspace, as_superuser):
    """As the migration does it, while some lines are sealed already, and twice."""
    as_superuser.execute("ALTER TABLE accounts_auditrow DISABLE TRIGGER accounts_audit_block")
    write(workspace, 2300, "old")
    as_superuser.execute("ALTER TABLE accounts_auditrow ENABLE TRIGGER accounts_audit_block")
    write(workspace, 2, "new")
    assert verify(workspace.id).broken.row_id == rows_of(workspace)[0].id
    seal = import_module("hearwell.accounts.migrations.0006_audit_old_lines").SEAL
    for _ in range(2):
        as_superuser.execute(f"BEGIN; SET LOCAL ROLE hearwell_owner; {seal} COMMIT")
    verdict = verify(workspace.id)
    assert (verdict.broken, verdict.blocks, verdict.lines) == (None, 4, 2302)


def test_the_digest_is_what_the_page_on_reliability_says(workspace):
    write(workspace, 2)
    block = blocks_of(workspace)[0]
    number = (1).to_bytes(8, "big")
    expected = sha256(workspace.id.bytes + number + bytes(block.row_digests)).hexdigest()
    assert head(workspace) == Head(workspace.id, 1, expected)


class TestCommand:
    def run(self, *arguments):
        return CliRunner().invoke(audit, list(arguments))

    def test_whole_trails_end_with_zero(self, workspace):
        write(workspace, 3)
        result = self.run("verify")
        assert result.exit_code == 0
        assert "ours: whole: 3 lines in 1 blocks." in result.output

    def test_the_broken_line_is_named(self, workspace, as_superuser):
        theirs = create_workspace("Theirs")
        for place in (workspace, theirs):
            write(place, 3)
        row = rows_of(workspace)[1]
        as_superuser.execute("UPDATE accounts_auditrow SET action = 'x' WHERE id = %s", [row.id])
        result = self.run("verify")
        assert result.exit_code == 1
        assert f"the line was altered.\n  block 1, line {row.id}" in result.output
        assert "theirs: whole" in result.output
        assert self.run("verify", "theirs").exit_code == 0
        assert "There is no workspace elsewhere" in self.run("verify", "elsewhere").output

    def test_heads_are_written_and_held_against_the_chain(self, workspace, as_superuser, tmp_path):
        write(workspace, 3)
        file = tmp_path / "heads.jsonl"
        file.write_text(self.run("heads").output)
        assert json.loads(file.read_text().splitlines()[0])["seq"] == 1
        assert self.run("verify", "--heads", str(file)).exit_code == 0
        as_superuser.execute("DELETE FROM accounts_auditrow; DELETE FROM accounts_auditblock")
        result = self.run("verify", "--heads", str(file))
        assert result.exit_code == 1
        assert "the end is cut off" in result.output

    def test_another_file_is_refused(self, tmp_path):
        file = tmp_path / "notes.txt"
        file.write_text("bread, milk\n")
        assert "does not hold heads" in self.run("verify", "--heads", str(file)).output
