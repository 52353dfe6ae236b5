"""People who go by one e-mail address in several networks are found by it."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.functions.text
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Row security keeps the planner from an index of an expression: lower() is not leakproof. This
# function stands outside of it and names the workspace in scope itself.
_ADDRESSED = """
CREATE FUNCTION contacts_addressed(addresses text[])
RETURNS TABLE (contact_id uuid, network text, handle text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.contact_id, i.network, i.handle FROM contacts_identity i
    WHERE i.workspace_id = nullif(current_setting('app.workspace', true), '')::uuid
        AND i.network IN ('email', 'webchat') AND lower(i.handle) = ANY(addresses)
$$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("contacts", "0003_tier")]
    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(
                models.F("workspace_id"),
                django.db.models.functions.text.Lower("handle"),
                condition=models.Q(("network__in", ["email", "webchat"])),
                name="contacts_identity_address",
            ),
        ),
        rls.definer_function("contacts_addressed(text[])", _ADDRESSED, grant_to=(rls.APP,)),
    ]
