"""Row-level security, seen from the application's role."""

from __future__ import annotations

import uuid

import pytest
from django.db import ProgrammingError, connection, transaction

from hearwell.accounts.models import AuditRow
from hearwell.accounts.services import AuditEntry, create_workspace, record_audit
from hearwell.kit.scope import current_workspace, scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_workspaces():
    ours, theirs = create_workspace("Ours"), create_workspace("Theirs")
    for workspace in (ours, theirs):
        with scope(workspace.id):
            record_audit(workspace.id, [AuditEntry(f"made by {workspace.name}")])
    return ours, theirs


def test_outside_a_scope_no_row_exists(two_workspaces):
    assert AuditRow.objects.count() == 0
    assert current_workspace() is None


def test_a_scope_shows_one_workspace_even_to_an_unfiltered_query(two_workspaces):
    ours, theirs = two_workspaces
    with scope(ours.id):
        assert [row.action for row in AuditRow.objects.all()] == ["made by Ours"]
        assert not AuditRow.objects.filter(workspace_id=theirs.id).exists()


def test_a_nested_scope_gives_the_outer_one_back(two_workspaces):
    ours, theirs = two_workspaces
    with scope(ours.id):
        with scope(theirs.id):
            assert current_workspace() == theirs.id
        assert current_workspace() == ours.id


def test_an_error_inside_restores_the_outer_scope(two_workspaces):
    ours, theirs = two_workspaces
    with scope(ours.id):
        with pytest.raises(RuntimeError), scope(theirs.id):
            raise RuntimeError
        assert current_workspace() == ours.id


def test_writing_for_another_workspace_is_refused(two_workspaces):
    ours, theirs = two_workspaces
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with scope(ours.id), refused, transaction.atomic():
        record_audit(theirs.id, [AuditEntry("forged")])


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditrow SET action = 'x'", "DELETE FROM accounts_auditrow"]
)
def test_the_audit_trail_cannot_be_altered(two_workspaces, statement):
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with scope(two_workspaces[0].id), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)


def test_a_hostile_workspace_id_is_only_a_literal(two_workspaces):
    class Hostile(str):
        __slots__ = ()

    with (
        pytest.raises(Exception, match="invalid input syntax"),
        transaction.atomic(),
        scope(uuid.uuid4()),
        scope(Hostile("'; RESET ROLE; --")),
    ):  # type: ignore[arg-type]
        AuditRow.objects.count()  # rows are there: of none at all nobody asks whose they are


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_scope_stays_on_the_connection():
    workspace = create_workspace("Passing")
    with scope(workspace.id):
        assert current_workspace() == workspace.id
    assert current_workspace() is None
