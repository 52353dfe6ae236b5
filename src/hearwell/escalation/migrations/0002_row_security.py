"""Row-level security; what happened cannot be altered; the looks across workspaces: ids only."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

_PLACES = """
CREATE FUNCTION escalation_places(moment timestamptz) RETURNS TABLE (workspace_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.workspace_id FROM escalation_escalation e WHERE e.due_at <= moment
    UNION SELECT i.workspace_id FROM escalation_incident i WHERE i.rises_at <= moment
    UNION SELECT i.workspace_id FROM escalation_incident i
        WHERE i.update_at <= moment AND i.update_at IS NOT NULL AND i.reminded_at IS NULL
    UNION SELECT s.workspace_id FROM escalation_statement s WHERE s.deputies_at <= moment
$$
"""
_REFUSE = """
CREATE FUNCTION escalation_refuse_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the log of an incident is never changed'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER escalation_entry_stays BEFORE UPDATE OR DELETE ON escalation_incidententry
    FOR EACH ROW EXECUTE FUNCTION escalation_refuse_change();
CREATE FUNCTION escalation_keep_text() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.text, NEW.digest, NEW.author_id, NEW.version, NEW.signs)
        IS DISTINCT FROM (OLD.text, OLD.digest, OLD.author_id, OLD.version, OLD.signs)
    THEN
        RAISE EXCEPTION 'a statement is followed by another version, never changed'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER escalation_statement_text_stays BEFORE UPDATE ON escalation_statement
    FOR EACH ROW EXECUTE FUNCTION escalation_keep_text();
"""
_ALLOW = """
DROP TRIGGER escalation_statement_text_stays ON escalation_statement;
DROP FUNCTION escalation_keep_text();
DROP TRIGGER escalation_entry_stays ON escalation_incidententry;
DROP FUNCTION escalation_refuse_change();
"""
_CHILDREN = ("incidentcase", "incidententry", "incidentpart", "incidenttask", "review", "statement")


class Migration(migrations.Migration):
    """Keep the workspaces apart and the record whole."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("escalation", "0001_initial")]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "escalation_escalationchoice", "escalation_incidentpart", "escalation_incidenttask",
            "escalation_review",
        ),
        rls.protect(
            "escalation_escalationpath", "escalation_escalation", "escalation_incident",
            "escalation_incidentcase", "escalation_statement",
            grant="SELECT, INSERT, UPDATE",
        ),
        rls.protect(
            "escalation_escalationmove", "escalation_incidententry", "escalation_signoff",
            grant="SELECT, INSERT",
        ),
        rls.composite_fk("escalation_escalationmove", "escalation_id", "escalation_escalation"),
        rls.composite_fk("escalation_signoff", "statement_id", "escalation_statement"),
        *(
            rls.composite_fk(f"escalation_{child}", "incident_id", "escalation_incident")
            for child in _CHILDREN
        ),
        migrations.RunSQL(_REFUSE, _ALLOW),
        rls.definer_function("escalation_places(timestamptz)", _PLACES),
    ]  # fmt: skip
