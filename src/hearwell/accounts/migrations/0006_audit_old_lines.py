"""Seal the lines that were there before the chain."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.accounts.migrations._audit import DIGEST

SEAL = f"""
SET LOCAL ROLE hearwell_definer;
INSERT INTO accounts_auditblock (id, workspace_id, row_ids, row_digests)
SELECT (array_agg(id ORDER BY id))[1], workspace_id, array_agg(id ORDER BY id),
       string_agg(digest, ''::bytea ORDER BY id)
FROM (
  SELECT id, workspace_id, {DIGEST} AS digest,
         (row_number() OVER (PARTITION BY workspace_id ORDER BY id) - 1) / 1000 AS part
  FROM accounts_auditrow
  WHERE id NOT IN (SELECT unnest(row_ids) FROM accounts_auditblock)
) AS line
GROUP BY workspace_id, part ORDER BY workspace_id, part;
SET CONSTRAINTS ALL IMMEDIATE;
RESET ROLE;
"""  # noqa: S608 -- of our own words


class Migration(migrations.Migration):
    """A transaction of its own, without a lock on the trail: new lines are sealed meanwhile."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0005_audit_chain")]
    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(SEAL, migrations.RunSQL.noop, elidable=True)
    ]
