"""Full-text search: which cases hold these words, in which message, and how it reads there.

The index is asked through one function that stands outside of row security (migration 0009), for
its index is of no use under it. A filter beside the words is either so narrow that the messages of
its few cases are looked through, or so wide that the latest hits will be among them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from hearwell.conversations.filtering import conditions_of
from hearwell.conversations.listing import ANYWHERE, CaseFilter
from hearwell.conversations.words import Question, asked, excerpt
from hearwell.kit import rows
from hearwell.kit.numbers import whole_number

FOUND_AT_MOST: Final = 200
# So many hits are looked at: a case has several, and without a filter each counts.
_LOOKED_AT: Final = 400
_LOOKED_AT_FILTERED: Final = 1500
# A filter that leaves no more cases than this is applied first.
_FEW: Final = 2000
# All in one statement: the case of this number, then what the index holds, or what few cases do.
_NUMBERED: Final = """
    SELECT 0 AS rank, c.id AS case_id, NULL::uuid AS message_id, NULL::timestamptz AS sent_at
    FROM conversations_case c
    WHERE c.workspace_id = %(workspace)s AND c.number = %(number)s AND {fits}
"""
_INDEXED: Final = """
    SELECT 1, f.case_id, f.message_id, f.sent_at FROM {given}
    CROSS JOIN LATERAL conversations_find(
        %(terms)s, %(phrases)s::text[], %(unwanted)s::text[], %(most)s) f
    WHERE {many}
"""
_AMONG: Final = """
    SELECT 1, m.case_id, m.id, m.sent_at
    FROM few JOIN conversations_message m ON m.workspace_id = %(workspace)s AND m.case_id = few.id
    CROSS JOIN LATERAL (SELECT lower(concat_ws(' ', m.subject, m.text, m.author_name))) f(said)
    WHERE (SELECT n FROM counted) <= %(few)s AND m.search @@ %(terms)s::tsquery
        AND NOT EXISTS (SELECT FROM unnest(%(phrases)s::text[]) w WHERE strpos(f.said, w) = 0)
        AND NOT EXISTS (SELECT FROM unnest(%(unwanted)s::text[]) w WHERE strpos(f.said, w) > 0)
"""
_FEW_CASES: Final = """
    WITH few AS MATERIALIZED (
        SELECT c.id FROM conversations_case c
        WHERE c.workspace_id = %(workspace)s AND {fits} LIMIT %(few)s + 1),
    counted AS MATERIALIZED (SELECT count(*) AS n FROM few)
"""


@dataclass(frozen=True)
class Found:
    """Case -> the latest message in it that holds the words (None: found by its number).

    `is_cut`: there are more hits than were looked at, so older cases may be missing.
    """

    hits: Mapping[UUID, UUID | None] = field(default_factory=dict)
    is_cut: bool = False


def search(workspace_id: UUID, text: str) -> list[UUID]:
    """Return the cases in which all these words were said, by anyone, latest first.

    Names and handles count as said; a case's number finds it; the word being typed may be
    unfinished; what is in double quotes must stand there as it is; what has a minus before it must
    not. At most FOUND_AT_MOST.
    """
    return list(find(workspace_id, CaseFilter(text=text)).hits)[:FOUND_AT_MOST]


def find(workspace_id: UUID, wanted: CaseFilter) -> Found:
    """Return the cases that hold the words of a filter and fit the rest of it, latest first.

    One statement; none where nothing was asked that could be found.
    """
    conditions, parameters = conditions_of(workspace_id, wanted, ANYWHERE)
    # What triage knows, and stars, are asked of each case one by one: alone, nothing narrows them.
    judged = sum(map(bool, (wanted.language, wanted.unsure, wanted.topic, wanted.stars)))
    is_narrow = len(conditions) > 1 + judged
    question, number = asked(wanted.text), _number(wanted.text)
    statement = _statement(conditions, question, number, is_narrow=is_narrow)
    if not statement:
        return Found()
    most = _LOOKED_AT_FILTERED if len(conditions) > 1 else _LOOKED_AT
    parameters |= {
        "number": number,
        "terms": question.terms,
        "phrases": list(question.phrases),
        "unwanted": list(question.unwanted),
        "few": _FEW,
        "most": most,
    }
    said = rows.fetch(statement, parameters)
    found: dict[UUID, UUID | None] = {}
    for _rank, case_id, message_id, _at in said:
        found.setdefault(case_id, message_id)
    return Found(found, is_cut=sum(rank for rank, *_ in said) == most)


def _statement(
    conditions: Collection[str], question: Question, number: int | None, *, is_narrow: bool
) -> str:
    """Put together what has to be asked; empty if that is nothing."""
    fits = " AND ".join(conditions)
    parts = [_NUMBERED.format(fits=fits)] if number is not None else []
    before = ""
    if question.terms and is_narrow:
        before = _FEW_CASES.format(fits=fits)
        parts += [_INDEXED.format(given="counted", many="counted.n > %(few)s"), _AMONG]
    elif question.terms:
        parts.append(_INDEXED.format(given="(SELECT) one", many="true"))
    if not parts:
        return ""
    union = " UNION ALL ".join(f"({part})" for part in parts)
    named = f"({union}) said(rank, case_id, message_id, sent_at)"
    return f"{before} SELECT * FROM {named} ORDER BY rank, sent_at DESC"  # noqa: S608  only our own fragments; values are parameters


def _number(text: str) -> int | None:
    """Return the number of a case, if that is what was typed."""
    return whole_number(text.strip().upper().removeprefix("HW-").removeprefix("#"), digits=9)


def excerpt_of(text: str, asked_for: str) -> list[tuple[str, bool]]:
    """Return the part of a text that was looked for, in pieces that say which are hits.

    Empty where only the name or the subject was found.
    """
    return excerpt(text, asked(asked_for)) if text else []
