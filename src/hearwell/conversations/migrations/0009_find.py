"""Search that can refuse words: beside the function of before, which relations still ask."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from hearwell.kit import rls

# Like conversations_search (0002) it stands outside of row security, and for the same reason. A
# rare word is looked up in the index; a common one is met soon enough on the way back through time.
# Which of the two it is, the latest messages tell: to ask the index how many there are costs more
# than all the rest, for it must read the whole list of a word before it can say (measured at a
# million messages: 190 ms of 195). A word that only the past was full of is asked for twice. What
# is quoted may stand in the subject or the name, too; of common words it is looked for where they
# stood last.
_FIND = """
CREATE FUNCTION conversations_find(
    question text, wording text[], unwanted text[], at_most integer)
RETURNS TABLE (case_id uuid, message_id uuid, sent_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sample CONSTANT integer := 2000;
    common CONSTANT numeric := 0.02;
    many CONSTANT integer := 30000;
    here uuid := nullif(current_setting('app.workspace', true), '')::uuid;
    said CONSTANT text := format(
        'SELECT m.case_id, m.id, m.sent_at, m.subject, m.text, m.author_name
         FROM conversations_message m
         WHERE m.workspace_id = %L AND m.search @@ %L::tsquery', here, question);
    fits text := 'true';
    hits integer;
    is_rare boolean := true;
BEGIN
    IF here IS NULL THEN RETURN; END IF;
    IF cardinality(wording) + cardinality(unwanted) > 0 THEN
        fits := 'NOT EXISTS (SELECT FROM unnest($1) w WHERE strpos(
                     lower(concat_ws('' '', f.subject, f.text, f.author_name)), w) = 0)
                 AND NOT EXISTS (SELECT FROM unnest($2) w WHERE strpos(
                     lower(concat_ws('' '', f.subject, f.text, f.author_name)), w) > 0)';
    END IF;
    PERFORM set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true);
    EXECUTE format(
        'SELECT count(*) FROM (
             SELECT m.search FROM conversations_message m WHERE m.workspace_id = %L
             ORDER BY m.sent_at DESC LIMIT %s) m
         WHERE m.search @@ %L::tsquery', here, sample, question) INTO hits;
    IF hits < sample * common THEN
        PERFORM set_config('enable_bitmapscan', 'on', true),
            set_config('enable_indexscan', 'off', true);
        EXECUTE format('SELECT count(*) < %s FROM (%s LIMIT %s) f', many, said, many) INTO is_rare;
    END IF;
    IF hits < sample * common AND is_rare THEN
        RETURN QUERY EXECUTE format(
            'SELECT f.case_id, f.id, f.sent_at FROM (%s OFFSET 0) f WHERE %s
             ORDER BY f.sent_at DESC LIMIT %s', said, fits, at_most) USING wording, unwanted;
    ELSE
        PERFORM set_config('enable_indexscan', 'on', true),
            set_config('enable_bitmapscan', 'off', true);
        RETURN QUERY EXECUTE format(
            'SELECT f.case_id, f.id, f.sent_at FROM (%s ORDER BY m.sent_at DESC LIMIT %s) f
             WHERE %s ORDER BY f.sent_at DESC LIMIT %s',
            said, greatest(many, at_most), fits, at_most) USING wording, unwanted;
    END IF;
    PERFORM set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true),
        set_config('enable_bitmapscan', 'on', true);
END
$$
"""


class Migration(migrations.Migration):
    """A function; no table is touched."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("conversations", "0008_moves")]
    operations: ClassVar[list[Operation]] = [
        rls.definer_function(
            "conversations_find(text, text[], text[], integer)", _FIND, grant_to=(rls.APP,)
        ),
    ]
