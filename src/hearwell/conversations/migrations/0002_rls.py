"""Row-level security, composite foreign keys, and the two looks past row security."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Row security keeps the planner from the full-text index, because @@ is not leakproof. This
# function stands outside of it and names the workspace in scope itself. A rare word is looked up
# in the index; a word that too many messages hold is met soon enough on the way back through time.
# The planner cannot tell the two apart: of a word it has not seen it believes anything, and walks
# through all of time in vain (measured at a million messages: 4.3 s, like this 5 ms).
_SEARCH = """
CREATE FUNCTION conversations_search(question text, wording text[], at_most integer)
RETURNS TABLE (case_id uuid, message_id uuid, sent_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    many CONSTANT integer := 20000;
    here uuid := nullif(current_setting('app.workspace', true), '')::uuid;
    said CONSTANT text := format(
        'SELECT m.case_id, m.id, m.sent_at, m.text FROM conversations_message m
         WHERE m.workspace_id = %L AND m.search @@ %L::tsquery', here, question);
    worded CONSTANT text := 'NOT EXISTS (SELECT FROM unnest($1) w
                                         WHERE strpos(lower(f.text), w) = 0)';
    is_rare boolean;
BEGIN
    IF here IS NULL THEN RETURN; END IF;
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true);
    EXECUTE format('SELECT count(*) < %s FROM (%s LIMIT %s) f', many, said, many) INTO is_rare;
    IF is_rare THEN
        RETURN QUERY EXECUTE format(
            'SELECT f.case_id, f.id, f.sent_at FROM (%s OFFSET 0) f WHERE %s
             ORDER BY f.sent_at DESC LIMIT %s', said, worded, at_most) USING wording;
    ELSE
        PERFORM set_config('enable_indexscan', 'on', true),
            set_config('enable_bitmapscan', 'off', true);
        RETURN QUERY EXECUTE format(
            'SELECT f.case_id, f.id, f.sent_at FROM (%s) f WHERE %s
             ORDER BY f.sent_at DESC LIMIT %s', said, worded, at_most) USING wording;
    END IF;
    PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true),
        set_config('enable_bitmapscan', 'on', true);
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
