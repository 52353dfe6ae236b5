"""Write down hand-offs, replies, grants, resolutions and survey answers.

Set-based, one kind a statement, out of the event log, the messages and the grants. Every statement
adds what is not a fact yet, of the given things or of all: so it does not matter how often it runs,
and `record_all` makes the same as telling each thing when it happens.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from hearwell.kit import rows
from hearwell.reports.services.rolling import mark_due

_LOG: Final = """FROM events_event e WHERE e.workspace_id = %(place)s AND e.name = ANY(%(names)s)
    AND (%(ids)s::uuid[] IS NULL OR e.id = ANY(%(ids)s::uuid[]))"""
_HANDS: Final = f"""
    INSERT INTO reports_handfact (id, workspace_id, event_id, case_id, kind, holder_id, actor_id,
        why, at)
    SELECT gen_random_uuid(), e.workspace_id, e.id, c.case_id,
        CASE e.name WHEN 'CaseAssigned' THEN 'assigned' WHEN 'TeamChanged' THEN 'team'
            WHEN 'CaseClaimed' THEN 'claimed' ELSE 'released' END,
        (e.payload ->> CASE e.name WHEN 'CaseAssigned' THEN 'assignee_id'
            WHEN 'TeamChanged' THEN 'team_id' ELSE 'user_id' END)::uuid,
        (e.payload ->> 'actor_id')::uuid, left(coalesce(e.payload ->> 'why', ''), 16),
        e.recorded_at
    FROM (SELECT e.* {_LOG}) e
    CROSS JOIN LATERAL (
        SELECT (e.payload ->> 'case_id')::uuid AS case_id WHERE e.payload ? 'case_id'
        UNION ALL
        SELECT DISTINCT one::uuid FROM jsonb_array_elements_text(e.payload -> 'case_ids') one
    ) c
    ON CONFLICT (workspace_id, case_id, event_id) DO NOTHING
    RETURNING case_id
"""  # noqa: S608  our own words
_SURVEYS: Final = f"""
    INSERT INTO reports_surveyfact (id, workspace_id, event_id, question_id, survey_id, case_id,
        channel_id, network, item, value, times, at)
    SELECT gen_random_uuid(), e.workspace_id, e.id, (e.payload ->> 'question_id')::uuid,
        (e.payload ->> 'survey_id')::uuid, (e.payload ->> 'case_id')::uuid,
        (e.payload ->> 'channel_id')::uuid, coalesce(e.payload ->> 'network', ''),
        left(coalesce(a.key, ''), 40), a.value::int, coalesce((e.payload ->> 'times')::int, 0),
        e.recorded_at
    FROM (SELECT e.* {_LOG}) e
    LEFT JOIN LATERAL jsonb_each_text(e.payload -> 'answers') a ON true
    WHERE e.name = 'SurveyAsked' OR a.key IS NOT NULL
    ON CONFLICT (workspace_id, event_id, item) DO NOTHING
    RETURNING case_id
"""  # noqa: S608  our own words
# What the log tells of a case closed long ago: when it was told, not what the case says by now.
_RESOLUTIONS: Final = f"""
    INSERT INTO reports_resolutionfact (id, workspace_id, case_id, case_version, is_closing,
        reason, actor_id, network, case_kind, at, open_s)
    SELECT gen_random_uuid(), e.workspace_id, c.id, (e.payload ->> 'version')::bigint,
        e.name = 'CaseClosed', left(coalesce(e.payload ->> 'reason', ''), 40),
        (e.payload ->> 'actor_id')::uuid, c.network, coalesce(c.kind, ''), e.recorded_at,
        CASE WHEN e.name = 'CaseClosed'
            THEN extract(epoch FROM e.recorded_at - c.opened_at)::bigint END
    FROM (SELECT e.* {_LOG}) e
    JOIN conversations_case c ON c.workspace_id = e.workspace_id
        AND c.id = (e.payload ->> 'case_id')::uuid
    ON CONFLICT (workspace_id, case_id, case_version, is_closing) DO NOTHING
    RETURNING at
"""  # noqa: S608  our own words
_GRANTS: Final = """
    INSERT INTO reports_grantfact (id, workspace_id, grant_id, revision, case_id, kind, reason,
        state, amount_minor, currency, giver_id, approver_id, at)
    SELECT gen_random_uuid(), g.workspace_id, g.id, coalesce(f.revision + 1, 0), g.case_id, g.kind,
        g.reason, g.state, g.amount_minor, g.currency, g.giver_id, g.approver_id, g.given_at
    FROM powers_grant g
    LEFT JOIN LATERAL (
        SELECT r.revision, r.state FROM reports_grantfact r
        WHERE r.workspace_id = g.workspace_id AND r.grant_id = g.id
        ORDER BY r.revision DESC LIMIT 1
    ) f ON true
    WHERE g.workspace_id = %(place)s AND g.state IS DISTINCT FROM f.state
    ON CONFLICT (workspace_id, grant_id, revision) DO NOTHING
    RETURNING case_id
"""
# The signature is left aside, and so is white space: a saved reply that was only signed is one.
_BARE: Final = r"""lower(regexp_replace(regexp_replace({0}, '\s*\^[[:alpha:]]{{1,4}}\s*$', ''),
    '\s+', ' ', 'g'))"""
_REPLIES: Final = rf"""
    WITH saved AS MATERIALIZED (
        SELECT DISTINCT md5({_BARE.format("trim(reply)")}) AS words FROM knowledge_articleversion
        WHERE workspace_id = %(place)s AND reply <> '' AND published_at IS NOT NULL
    )
    INSERT INTO reports_replyfact (id, workspace_id, message_id, case_id, channel_id, agent_id,
        kind, language, at, is_holding, is_outside, has_initials, has_name, is_own_words)
    SELECT gen_random_uuid(), m.workspace_id, m.id, m.case_id, m.channel_id, m.author_user_id,
        m.kind, split_part(lower(m.language), '-', 1), m.sent_at, m.is_holding, m.sent_outside,
        m.text ~ '\^[[:alpha:]]{{1,4}}\s*$',
        coalesce(length(n.first) > 1
            AND m.text ~* ('\m' || regexp_replace(n.first, '(\W)', '\\\1', 'g') || '\M'), false),
        NOT EXISTS (SELECT FROM saved WHERE saved.words = md5({_BARE.format("trim(m.text)")}))
    FROM conversations_message m
    LEFT JOIN conversations_case c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
    LEFT JOIN contacts_contact p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
    CROSS JOIN LATERAL (SELECT split_part(trim(p.name), ' ', 1) AS first) n
    WHERE m.workspace_id = %(place)s AND m.direction = 'out' AND m.kind <> 'note'
        AND NOT m.is_automatic AND m.stage = '' AND NOT m.is_historic AND m.deleted_at IS NULL
        AND (%(ids)s::uuid[] IS NULL OR m.id = ANY(%(ids)s::uuid[]))
    ON CONFLICT (workspace_id, message_id) DO NOTHING
    RETURNING at
"""  # noqa: S608  our own words
_HAND_EVENTS: Final = ("CaseAssigned", "TeamChanged", "CaseClaimed", "CaseReleased")
_SURVEY_EVENTS: Final = ("SurveyAsked", "SurveyAnswered")
_RESOLUTION_EVENTS: Final = ("CaseClosed", "CaseReopened")
_CLOSINGS: Final = """SELECT at FROM reports_resolutionfact
    WHERE workspace_id = %s AND is_closing AND case_id = ANY(%s)"""
Ids = Collection[UUID] | None


def record_hands(workspace_id: UUID, event_ids: Ids = None) -> int:
    """Write who had a case, from these events or all; return how many facts are new."""
    with transaction.atomic():
        new = _from_log(workspace_id, _HANDS, _HAND_EVENTS, event_ids)
        cases = {row[0] for row in new}
        # The day on which a case was closed counts the hands that it went through.
        closed = rows.fetch(_CLOSINGS, [workspace_id, list(cases)]) if cases else []
        mark_due(workspace_id, {row[0] for row in closed})
    return len(new)


def record_surveys(workspace_id: UUID, event_ids: Ids = None) -> int:
    """Write who was asked and what they answered; return how many facts are new."""
    return len(_from_log(workspace_id, _SURVEYS, _SURVEY_EVENTS, event_ids))


def record_replies(workspace_id: UUID, message_ids: Ids = None) -> int:
    """Write the replies of people, these or all; return how many facts are new."""
    with transaction.atomic():
        new = rows.fetch(_REPLIES, {"place": workspace_id, "ids": _listed(message_ids)})
        mark_due(workspace_id, {row[0] for row in new})
    return len(new)


def record_grants(workspace_id: UUID) -> int:
    """Write grants that are in another state than the facts say; return how many those are."""
    return len(rows.fetch(_GRANTS, {"place": workspace_id}))


def record_all(workspace_id: UUID) -> int:
    """Write all that is not a fact yet; return how many facts are new."""
    with transaction.atomic():
        closings = _from_log(workspace_id, _RESOLUTIONS, _RESOLUTION_EVENTS, None)
        mark_due(workspace_id, {row[0] for row in closings})
        return (
            len(closings)
            + record_hands(workspace_id)
            + record_replies(workspace_id)
            + record_grants(workspace_id)
            + record_surveys(workspace_id)
        )


def _from_log(
    workspace_id: UUID, statement: str, names: Collection[str], event_ids: Ids
) -> list[tuple[Any, ...]]:
    values = {"place": workspace_id, "names": list(names), "ids": _listed(event_ids)}
    return rows.fetch(statement, values)


def _listed(ids: Ids) -> list[UUID] | None:
    return None if ids is None else list(ids)
