"""Fill a database with a believable desk: a million messages in about a minute.

A case has four messages on average: question, answer, question, answer. Of the cases, 2 % wait
for us, 1 % for the customer, 1 % are snoozed and the rest are closed; eight in ten of the waiting
ones have somebody. Everything is made by the server with INSERT … SELECT.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg

MESSAGES_A_CASE = 4
AGENTS = 20
NETWORKS = ("sandbox", "mastodon", "bluesky", "mail")
_SENTENCES = (
    "My flight was cancelled and nobody tells me what happens now?",
    "Where is my bag? It was not on the belt in Oslo.",
    "Thank you, the crew of the morning flight was lovely.",
    "I still wait for the refund of booking NW4821, it is three weeks now!",
    "Can I take my bicycle on the flight to Tromsø?",
    "Your app logs me out every time I open the seat map.",
)


@dataclass(frozen=True)
class Seeded:
    """What was made: the workspace, a member to look as, and how many messages there are."""

    workspace_id: UUID
    user_id: UUID
    messages: int


def seed(owner: str, messages: int, *, name: str = "Northwind Air") -> Seeded:
    """Make a workspace with so many messages. `owner` is the migrating role's conninfo."""
    workspace_id, user_id = uuid4(), uuid4()
    with psycopg.connect(owner) as connection:
        connection.execute(
            psycopg.sql.SQL("SET LOCAL app.workspace = {}").format(
                psycopg.sql.Literal(str(workspace_id))
            )
        )
        parameters = {
            "ws": workspace_id,
            "user": user_id,
            "name": name,
            "slug": f"bench-{workspace_id.hex[:12]}",
            "cases": messages // MESSAGES_A_CASE,
            "per_case": MESSAGES_A_CASE,
            "agents": AGENTS,
            "networks": list(NETWORKS),
            "sentences": list(_SENTENCES),
        }
        for statement in _STEPS:
            connection.execute(statement, parameters)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return Seeded(workspace_id, user_id, messages)


_STEPS = (
    "SET LOCAL synchronous_commit = off",
    """INSERT INTO accounts_workspace (id, name, slug, time_zone, created_at)
       VALUES (%(ws)s, %(name)s, %(slug)s, 'UTC', now())""",
    """CREATE TEMP TABLE s_agent ON COMMIT DROP AS
       SELECT n, CASE WHEN n = 0 THEN %(user)s::uuid ELSE gen_random_uuid() END AS id
       FROM generate_series(0, %(agents)s::int - 1) n""",
    """INSERT INTO accounts_user (id, email, name, password, is_active, preferences, joined_at)
       SELECT id, id || '@bench.example', 'Agent ' || n, '!', true, '{}', now() FROM s_agent""",
    """INSERT INTO accounts_membership (id, workspace_id, user_id, role, initials, created_at)
       SELECT uuidv7(), %(ws)s, id, 'agent', 'A' || n, now() FROM s_agent""",
    """INSERT INTO channels_brand (id, workspace_id, name) VALUES (uuidv7(), %(ws)s, %(name)s)""",
    """CREATE TEMP TABLE s_channel ON COMMIT DROP AS
       SELECT n - 1 AS n, network, uuidv7() AS id
       FROM unnest(%(networks)s::text[]) WITH ORDINALITY AS t(network, n)""",
    """INSERT INTO channels_channel (id, workspace_id, brand_id, network, handle, external_id,
           purpose, state, settings, tier, scopes, is_demo, connected_at)
       SELECT c.id, %(ws)s, b.id, c.network, 'NorthwindAir', 'account-' || c.n, 'care', 'active',
              '{}', '', '[]', true, now()
       FROM s_channel c, channels_brand b WHERE b.workspace_id = %(ws)s""",
    """INSERT INTO sla_calendar (id, workspace_id, key, version, is_current, name, time_zone,
           intervals, exceptions, created_at)
       VALUES (uuidv7(), %(ws)s, 'always', 1, true, 'Always', 'UTC',
               '{"mon":[["00:00","24:00"]]}', '{}', now())""",
    """INSERT INTO sla_policy (id, workspace_id, key, version, is_current, name, targets, counts,
           calendar_id, created_at)
       SELECT uuidv7(), %(ws)s, 'standard', 1, true, 'Standard',
              (SELECT jsonb_object_agg(n::text, '{"first_reply_s": 3600, "answer_s": 28800}'::jsonb)
               FROM generate_series(0, 4) n), 'calendar', c.id, now()
       FROM sla_calendar c WHERE c.workspace_id = %(ws)s""",
    """CREATE TEMP TABLE s_case ON COMMIT DROP AS
       SELECT g, uuidv7() AS id, uuidv7() AS conversation_id, uuidv7() AS contact_id,
              uuidv7() AS identity_id, uuidv7() AS asked_id, c.id AS channel_id, c.network,
              now() - interval '1 minute' * (random() * 600000) AS opened_at,
              CASE WHEN g %% 100 < 2 THEN 'ours' WHEN g %% 100 < 3 THEN 'theirs' ELSE 'none' END
                  AS turn,
              CASE WHEN g %% 100 < 3 THEN 'open' WHEN g %% 100 < 4 THEN 'snoozed'
                   ELSE 'closed' END AS status,
              CASE WHEN g %% 10 < 8 THEN (SELECT a.id FROM s_agent a WHERE a.n = g %% 20) END
                  AS assignee_id
       FROM generate_series(1, %(cases)s::int) g JOIN s_channel c ON c.n = g %% 4""",
    """INSERT INTO contacts_contact (id, workspace_id, name, language, note_count, created_at)
       SELECT contact_id, %(ws)s, 'Customer ' || g, 'en', 0, opened_at FROM s_case""",
    """INSERT INTO contacts_identity (id, workspace_id, contact_id, network, external_id, handle,
           name, seen_at)
       SELECT identity_id, %(ws)s, contact_id, network, 'x' || g, 'customer' || g,
              'Customer ' || g, opened_at FROM s_case""",
    """INSERT INTO conversations_case (id, workspace_id, number, title, status, closed_reason,
           closed_at, turn, duty, kind, urgency, assignee_id, contact_id, channel_id, network,
           audience, preview, opened_at, last_message_at, last_inbound_at, waiting_since, due_at,
           snoozed_until, unread, is_historic, stage, version)
       SELECT id, %(ws)s, g + 1000, (%(sentences)s::text[])[1 + g %% 6], status,
              CASE status WHEN 'closed' THEN 'solved' ELSE '' END,
              CASE status WHEN 'closed' THEN opened_at + interval '1 day' END, turn, 'answer',
              (ARRAY['complaint','question','request','praise'])[1 + g %% 4], g %% 3, assignee_id,
              contact_id, channel_id, network,
              CASE WHEN g %% 3 = 0 THEN 'private' ELSE 'public' END,
              (%(sentences)s::text[])[1 + g %% 6], opened_at, opened_at + interval '1 hour',
              opened_at, CASE turn WHEN 'ours' THEN opened_at END,
              CASE turn WHEN 'ours' THEN opened_at + interval '8 hours' END,
              CASE status WHEN 'snoozed' THEN now() + interval '3 days' END, g %% 2 = 0, false,
              '', 4
       FROM s_case""",
    """INSERT INTO conversations_casenumber (workspace_id, last)
       VALUES (%(ws)s, %(cases)s + 1000)""",
    """INSERT INTO conversations_conversation (id, workspace_id, case_id, channel_id, network,
           thread_key, audience, contact_id, created_at)
       SELECT conversation_id, %(ws)s, id, channel_id, network, 't' || g,
              CASE WHEN g %% 3 = 0 THEN 'private' ELSE 'public' END, contact_id, opened_at
       FROM s_case""",
    """INSERT INTO conversations_message (id, workspace_id, conversation_id, case_id, channel_id,
           remote_id, direction, kind, audience, parent_remote_id, root_remote_id,
           author_identity_id, author_user_id, author_name, subject, text, full_text, about,
           entities, media, language, replaced, sent_at, received_at, is_purged, version, permalink,
           is_holding, is_automatic, is_historic, stage, sent_outside, receipt, search)
       SELECT CASE m WHEN 2 THEN s.asked_id ELSE uuidv7() END, %(ws)s, s.conversation_id, s.id,
              s.channel_id, s.g || '-' || m,
              CASE m %% 2 WHEN 0 THEN 'in' ELSE 'out' END, 'post',
              CASE WHEN s.g %% 3 = 0 THEN 'private' ELSE 'public' END, '', '',
              CASE m %% 2 WHEN 0 THEN s.identity_id END, CASE m %% 2 WHEN 1 THEN s.assignee_id END,
              CASE m %% 2 WHEN 0 THEN 'Customer ' || s.g ELSE 'Agent' END, '', t.text, '',
              '{}', '[]', '[]', 'en', false, s.opened_at + interval '20 minutes' * m,
              s.opened_at + interval '20 minutes' * m, false, 1, '', false, false, false, '',
              false, '',
              to_tsvector('simple', t.text || ' booking' || s.g)
       FROM s_case s
       CROSS JOIN generate_series(0, %(per_case)s::int - 1) m
       CROSS JOIN LATERAL (SELECT (%(sentences)s::text[])[1 + (s.g + m) %% 6] AS text) t""",
    """INSERT INTO conversations_waiting (id, workspace_id, case_id, conversation_id, identity_id,
           since, kind, urgency)
       SELECT asked_id, %(ws)s, id, conversation_id, identity_id,
              opened_at + interval '40 minutes', 'question', 0
       FROM s_case WHERE turn = 'ours'""",
    """INSERT INTO sla_clock (id, workspace_id, case_id, kind, state, started_at, started_by,
           urgency, due_at, met_at, wall_s, business_s, policy_id, policy_version, is_historic)
       SELECT uuidv7(), %(ws)s, s.id, k.kind, CASE s.turn WHEN 'ours' THEN 'running' ELSE 'met' END,
              s.opened_at, s.id, 0, s.opened_at + interval '8 hours',
              CASE WHEN s.turn <> 'ours' THEN s.opened_at + interval '20 minutes' END,
              CASE WHEN s.turn <> 'ours' THEN 1200 END, CASE WHEN s.turn <> 'ours' THEN 1200 END,
              p.id, 1, false
       FROM s_case s CROSS JOIN (VALUES ('first_reply'), ('answer')) k(kind), sla_policy p
       WHERE p.workspace_id = %(ws)s""",
    """INSERT INTO triage_verdict (id, workspace_id, message_id, case_id, duty, kind, urgency,
           is_thanks, language, certainty, reasons, engine, is_corrected, decided_at)
       SELECT uuidv7(), %(ws)s, m.id, m.case_id, 'answer', 'question', 0, false, 'en', 0.8, '[]',
              'bench', false, m.sent_at
       FROM conversations_message m WHERE m.workspace_id = %(ws)s AND m.direction = 'in'""",
)
