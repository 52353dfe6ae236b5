"""Row-level security, composite foreign keys, and the two looks past row security."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Row security keeps the planner from the full-text index, because @@ is not leakproof. This
# function stands outside of it and names the workspace in scope itself. Its text is planned anew
# for each question: a rare word is best looked up in the index, a common one along the time.
_SEARCH = """
CREATE FUNCTION conversations_search(question text, wording text[], at_most integer)
RETURNS TABLE (case_id uuid, message_id uuid, sent_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here uuid := nullif(current_setting('app.workspace', true), '')::uuid;
BEGIN
    IF here IS NULL THEN RETURN; END IF;
    RETURN QUERY EXECUTE format(
        'SELECT m.case_id, m.id, m.sent_at FROM conversations_message m
         WHERE m.workspace_id = %L AND m.search @@ %L::tsquery
             AND NOT EXISTS (SELECT FROM unnest($1) w WHERE strpos(lower(m.text), w) = 0)
         ORDER BY m.sent_at DESC LIMIT %s', here, question, at_most)
    USING wording;
END
$$
"""
# The sweep asks every workspace at once and learns only ids; the rest happens in scope.
_DUE = """
CREATE FUNCTION conversations_due(moment timestamptz)
RETURNS TABLE (workspace_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.workspace_id, c.id FROM conversations_case c
    WHERE c.status = 'snoozed' AND c.snoozed_until <= moment
$$
"""


class Migration(migrations.Migration):
    """A case takes with it whatever is in it; a person may go and their cases stay."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("conversations", "0001_initial"),
        ("contacts", "0002_rls"),
    ]
    operations: ClassVar[list[Operation]] = [
        rls.protect(
            "conversations_case",
            "conversations_casenumber",
            "conversations_conversation",
            "conversations_message",
            "conversations_messageversion",
            "conversations_waiting",
            "conversations_earlychange",
            "conversations_reaction",
            "conversations_tag",
            "conversations_casetag",
            "conversations_draft",
        ),
        rls.protect("conversations_caselog", grant="SELECT, INSERT"),
        rls.composite_fk(
            "conversations_case", "contact_id", "contacts_contact", on_delete="SET NULL"
        ),
        rls.composite_fk(
            "conversations_conversation", "contact_id", "contacts_contact", on_delete="SET NULL"
        ),
        rls.composite_fk("conversations_conversation", "case_id", "conversations_case"),
        rls.composite_fk("conversations_message", "case_id", "conversations_case"),
        rls.composite_fk("conversations_message", "conversation_id", "conversations_conversation"),
        rls.composite_fk(
            "conversations_message",
            "author_identity_id",
            "contacts_identity",
            on_delete="SET NULL",
        ),
        rls.composite_fk("conversations_messageversion", "message_id", "conversations_message"),
        rls.composite_fk("conversations_waiting", "id", "conversations_message"),
        rls.composite_fk("conversations_casetag", "case_id", "conversations_case"),
        rls.composite_fk("conversations_casetag", "tag_id", "conversations_tag"),
        rls.composite_fk("conversations_draft", "case_id", "conversations_case"),
        rls.composite_fk("conversations_caselog", "case_id", "conversations_case"),
        rls.definer_function(
            "conversations_search(text, text[], integer)", _SEARCH, grant_to=(rls.APP,)
        ),
        rls.definer_function("conversations_due(timestamptz)", _DUE),
    ]
