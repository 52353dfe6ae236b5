"""The audit trail is sealed: blocks of lines, each bound to the one before, by triggers."""

from __future__ import annotations

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

import hearwell.kit.ids
from hearwell.accounts.migrations._audit import DIGEST
from hearwell.kit import rls

_OWNER = ("hearwell_owner",)

# One block for all lines of a statement: a thousand lines cost one link of the chain.
_BLOCK = f"""
CREATE FUNCTION accounts_audit_block() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO accounts_auditblock (id, workspace_id, row_ids, row_digests)
  SELECT (array_agg(id ORDER BY id))[1], workspace_id, array_agg(id ORDER BY id),
         string_agg(digest, ''::bytea ORDER BY id)
  FROM (SELECT id, workspace_id, {DIGEST} AS digest FROM fresh) AS line
  GROUP BY workspace_id;
  RETURN NULL;
END $$
"""  # noqa: S608 -- of our own words

# At the commit, and there behind the checks of foreign keys (the update queues it once more):
# whoever holds the lock waits for nobody, so it is held for the commit alone and never deadlocks
# with locks on rows. A snapshot from before the lock (repeatable read) fails at the unique key.
_CHAIN = """
CREATE FUNCTION accounts_audit_chain() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  last record;
  number bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE accounts_auditblock SET seq = NULL WHERE id = NEW.id;
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || NEW.workspace_id, 0));
  SELECT seq, digest INTO last FROM accounts_auditblock
  WHERE workspace_id = NEW.workspace_id AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1;
  number := coalesce(last.seq, 0) + 1;
  UPDATE accounts_auditblock
  SET seq = number, digest = sha256(coalesce(last.digest, ''::bytea)
      || uuid_send(NEW.workspace_id) || int8send(number) || NEW.row_digests)
  WHERE id = NEW.id;
  RETURN NULL;
END $$
"""

_TRIGGERS = """
CREATE TRIGGER accounts_audit_block AFTER INSERT ON accounts_auditrow
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_block();
CREATE CONSTRAINT TRIGGER accounts_audit_chain AFTER INSERT OR UPDATE ON accounts_auditblock
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.seq IS NULL)
  EXECUTE FUNCTION accounts_audit_chain();
"""
_NO_TRIGGERS = """
DROP TRIGGER accounts_audit_block ON accounts_auditrow;
DROP TRIGGER accounts_audit_chain ON accounts_auditblock;
"""


class Migration(migrations.Migration):
    """Nothing of the trail itself changes: what runs before this version goes on writing."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0004_marketing_role")]
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="AuditBlock",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=hearwell.kit.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("workspace_id", models.UUIDField(editable=False)),
                ("seq", models.BigIntegerField(null=True)),
                (
                    "row_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None
                    ),
                ),
                ("row_digests", models.BinaryField()),
                ("digest", models.BinaryField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace_id", "id"), name="accounts_auditblock_ws_id"
                    ),
                    models.UniqueConstraint(
                        fields=("workspace_id", "seq"), name="accounts_audit_seq"
                    ),
                ],
            },
        ),
        rls.protect("accounts_auditblock", grant="SELECT"),
        # Nor may the role behind our functions: no function alters a line, or ever will unseen.
        migrations.RunSQL(
            """REVOKE UPDATE, DELETE ON accounts_auditrow FROM hearwell_definer;
               REVOKE DELETE ON accounts_auditblock FROM hearwell_definer;""",
            "GRANT UPDATE, DELETE ON accounts_auditrow TO hearwell_definer;",
        ),
        rls.definer_function("accounts_audit_block()", _BLOCK, grant_to=_OWNER),
        rls.definer_function("accounts_audit_chain()", _CHAIN, grant_to=_OWNER),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
