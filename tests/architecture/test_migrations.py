"""Migrations are linear, complete, and say the truth about the models."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.core.management import call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from tests.architecture.forwards import dangers, irreversible

OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("hearwell.")]


@pytest.mark.django_db
@pytest.mark.parametrize("label", OURS)
def test_one_line_without_branches(label):
    loader = MigrationLoader(connection)
    assert len(loader.graph.leaf_nodes(label)) <= 1
    for key in loader.graph.nodes:
        if key[0] == label:
            children = [
                child for child in loader.graph.node_map[key].children if child.key[0] == label
            ]
            assert len(children) <= 1, key


@pytest.mark.django_db
def test_the_models_and_the_migrations_agree(capsys):
    try:
        call_command("makemigrations", "--check", "--dry-run", *OURS)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


# The first release is made of these: there is no version before it that they could trip.
FIRST_RELEASE = {
    "accounts": 7,
    "api": 2,
    "automation": 2,
    "board": 2,
    "channels": 12,
    "commerce": 4,
    "contacts": 7,
    "conversations": 17,
    "escalation": 2,
    "events": 3,
    "guard": 2,
    "integrations": 2,
    "knowledge": 3,
    "listening": 2,
    "notifications": 4,
    "ops": 1,
    "outbound": 7,
    "powers": 5,
    "privacy": 1,
    "promotions": 2,
    "quality": 2,
    "reports": 3,
    "routing": 4,
    "sandbox": 7,
    "secondopinion": 2,
    "sla": 4,
    "spikes": 2,
    "strategy": 2,
    "surveys": 3,
    "triage": 6,
    "waits": 2,
    "webchat": 6,
}


def migrations_of_ours():
    loader = MigrationLoader(connection, replace_migrations=False)
    for (label, name), migration in sorted(loader.disk_migrations.items()):
        if label in OURS:
            yield label, name, migration, loader


@pytest.mark.django_db
def test_every_migration_has_a_way_back():
    found = {f"{a} {n}": irreversible(m) for a, n, m, _ in migrations_of_ours()}
    assert {place: what for place, what in found.items() if what} == {}


@pytest.mark.django_db
def test_the_version_before_can_go_on_serving():
    found = {
        f"{label} {name}": dangers(migration, loader.project_state((label, name), at_end=False))
        for label, name, migration, loader in migrations_of_ours()
        if int(name.split("_")[0]) > FIRST_RELEASE.get(label, 0)
    }
    assert {place: what for place, what in found.items() if what} == {}


def _column(**more):
    return migrations.AddField("case", "x", models.IntegerField(**more))


def _sql(statement):
    return migrations.RunSQL(statement, "SELECT 1")


_NUMBER = models.Index(fields=["number"], name="x")
_CHECK = models.CheckConstraint(condition=models.Q(number__gt=0), name="x")
_THING = migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))])
BAD = {
    "a column goes": migrations.RemoveField("case", "number"),
    "a table goes": migrations.DeleteModel("Case"),
    "a column is renamed": migrations.RenameField("case", "number", "no"),
    "a table is renamed": migrations.RenameModel("Case", "Affair"),
    "old code leaves it out": _column(),
    "Django's default is none of the database's": _column(default=0),
    "NULL is refused from now on": migrations.AlterField("case", "assignee_id", models.UUIDField()),
    "the table is rewritten": migrations.AlterField("case", "number", models.TextField()),
    "writers wait for an index": migrations.AddIndex("case", _NUMBER),
    "a check is looked through at once": migrations.AddConstraint("case", _CHECK),
    "SQL drops": _sql("ALTER TABLE conversations_case DROP COLUMN number"),
    "SQL renames": _sql("ALTER TABLE conversations_case RENAME TO x"),
    "SQL refuses NULL": _sql("ALTER TABLE conversations_case ALTER number SET NOT NULL"),
    "SQL rewrites": _sql("ALTER TABLE conversations_case ALTER COLUMN number TYPE text"),
    "SQL makes writers wait": _sql("CREATE INDEX x ON conversations_case (number)"),
    "SQL looks through": _sql("ALTER TABLE conversations_case ADD CONSTRAINT x CHECK (true)"),
}
GOOD = {
    "old code leaves it NULL": _column(null=True),
    "the database has a default": _column(db_default=0),
    "NULL is allowed from now on": migrations.AlterField(
        "case", "number", models.PositiveIntegerField(null=True)
    ),
    "a table is new": _THING,
    "nobody waits": AddIndexConcurrently("case", _NUMBER),
    "later": AddConstraintNotValid("case", _CHECK),
    "SQL keeps nobody waiting": _sql("CREATE INDEX CONCURRENTLY x ON conversations_case (number)"),
    "SQL looks through later": _sql(
        "ALTER TABLE conversations_case ADD CONSTRAINT x CHECK (true) NOT VALID"
    ),
    "SQL of a new table": _sql("CREATE TABLE thing (id int); CREATE INDEX x ON thing (id)"),
}


def _dangers_of(*operations, atomic=True):
    migration = migrations.Migration("9999_next", "conversations")
    migration.operations, migration.atomic = list(operations), atomic
    loader = MigrationLoader(None)
    return dangers(migration, loader.project_state(loader.graph.leaf_nodes("conversations")))


def test_each_danger_is_found_and_what_is_none_is_not():
    missed = [name for name, operation in BAD.items() if not _dangers_of(operation)]
    wrong = {n: said for n, operation in GOOD.items() if (said := _dangers_of(operation))}
    assert (missed, wrong) == ([], {})


def test_two_tables_in_one_transaction_are_a_danger():
    """Their locks and those of a reply meet crosswise: one of the two is ended by PostgreSQL."""
    two = (_column(null=True), migrations.AddField("message", "x", models.TextField(null=True)))
    assert _dangers_of(*two)
    assert not _dangers_of(*two, atomic=False)
    assert not _dangers_of(_THING, migrations.AddField("thing", "x", models.TextField()), two[0])
