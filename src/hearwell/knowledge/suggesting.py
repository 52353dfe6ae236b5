"""Which saved reply or past answer suits a question: what answered questions like it, first.

Three things are added up: how like it the ten nearest questions are that an article answered (those
it did not help with are taken off), how much of it the article itself speaks of, and, least, how
often it is used at all. The weights were chosen on the earlier half of real conversations and
measured on the later (docs/explanation/suggested-answers.md, ``bench/suggest.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.knowledge.models import ArticleVersion
from hearwell.knowledge.stems import MOST, stemmed

# The newest that are looked at: what helped a year ago is in the articles by now.
REMEMBERED: Final = 3000
NEIGHBOURS: Final = 10
BY_ARTICLE, BY_USE, HALF_LIFE = 0.6, 0.1, 100.0
# From here on two questions are called alike, and an answer is worth a second customer.
ALIKE: Final = 0.12
ANSWERS_ALIKE: Final = 0.25
# A word of this share of all articles tells nothing about which one is meant.
COMMON: Final = 0.34
_SHORTEST_BEGUN: Final = 3

# Both statements share this: past questions with their likeness to the one asked, 0 to about 1.
_LIKENESS: Final = """
    WITH asked AS (
        SELECT word FROM unnest(%(stems)s::text[]) AS word
    ), past AS MATERIALIZED (
        SELECT id, case_id, article_id, message_id, stems, is_helpful,
            row_number() OVER (ORDER BY at DESC, id DESC) - 1 AS age
        FROM knowledge_precedent WHERE workspace_id = %(ws)s
        ORDER BY at DESC, id DESC LIMIT %(remembered)s
    ), many AS (
        SELECT greatest(count(*), 1)::float AS n FROM past
    ), met AS MATERIALIZED (
        SELECT past.id, one.word FROM past, unnest(past.stems) AS one(word) JOIN asked USING (word)
    ), weighed AS (
        SELECT word, power(ln(1 + many.n / (1 + coalesce(seen.n, 0))), 2) AS weight
        FROM asked LEFT JOIN (SELECT word, count(*) AS n FROM met GROUP BY word) seen USING (word),
            many
    ), alike AS (
        SELECT met.id, sum(weight) / ((SELECT sqrt(sum(weight)) FROM weighed)
            * ln(1 + (SELECT n FROM many) / 2)) AS likeness
        FROM met JOIN weighed USING (word) GROUP BY met.id
    ), judged AS (
        SELECT past.*, coalesce(likeness, 0) / sqrt(greatest(cardinality(stems), 1)) AS likeness
        FROM past LEFT JOIN alike USING (id)
    )"""
_ARTICLES: Final = f"""{_LIKENESS}, near AS (
        SELECT article_id, sum(likeness) AS score FROM (
            SELECT article_id, likeness FROM judged
            WHERE is_helpful AND article_id IS NOT NULL AND likeness > 0
            ORDER BY likeness DESC, age LIMIT %(neighbours)s
        ) nearest GROUP BY article_id
    ), used AS (
        SELECT article_id, count(*) FILTER (WHERE likeness >= %(alike)s) AS likes,
            sum(power(0.5, age / %(half_life)s))
                / (sum(sum(power(0.5, age / %(half_life)s))) OVER ()) AS share
        FROM judged WHERE is_helpful AND article_id IS NOT NULL GROUP BY article_id
    ), refused AS (
        SELECT article_id, sum(likeness) AS score, bool_or(case_id = %(case)s) AS is_hidden
        FROM judged WHERE NOT is_helpful AND article_id IS NOT NULL GROUP BY article_id
    ), shelf AS MATERIALIZED (
        SELECT v.id, v.article_id, v.search, row_number() OVER (
            PARTITION BY v.article_id ORDER BY (v.language = %(language)s) DESC, v.language) AS turn
        FROM knowledge_articleversion v
        JOIN knowledge_article a ON a.workspace_id = v.workspace_id AND a.id = v.article_id
        WHERE v.workspace_id = %(ws)s AND v.state = 'published' AND NOT a.is_retired
            AND v.reply <> ''
    ), many_of AS (
        SELECT count(*) + 1.0::float AS n FROM shelf
    ), said AS MATERIALIZED (
        SELECT shelf.id, shelf.article_id, term.word, length(shelf.search) AS size FROM shelf
        JOIN unnest(%(stems)s::text[], %(terms)s::tsquery[]) AS term(word, query)
            ON shelf.search @@ term.query
    ), rare AS (
        SELECT word, power(ln(1 + many_of.n / (1 + coalesce(spread.n, 0))), 2) AS weight,
            octet_length(word) > 2 AND (many_of.n < 5 OR spread.n <= many_of.n * %(common)s)
                AS is_telling
        FROM asked LEFT JOIN (SELECT word, count(*) AS n FROM said GROUP BY word) spread
            USING (word), many_of
    ), texts AS (
        SELECT said.article_id, sum(weight) / (sqrt(max(size))
            * (SELECT sqrt(sum(weight)) FROM rare) * ln(1 + (SELECT n FROM many_of) / 2)) AS score,
            array_agg(word ORDER BY weight DESC, word) FILTER (WHERE is_telling) AS words
        FROM said JOIN rare USING (word) GROUP BY said.id, said.article_id
    ), best_text AS (
        SELECT DISTINCT ON (article_id) * FROM texts ORDER BY article_id, score DESC
    )
    SELECT shelf.id, coalesce(near.score, 0) - coalesce(refused.score, 0)
            + %(by_article)s * coalesce(best_text.score, 0)
            + %(by_use)s * coalesce(used.share, 0) AS score,
        coalesce(used.likes, 0), coalesce(best_text.words, '{{}}'), coalesce(used.share, 0)
    FROM shelf
    LEFT JOIN near USING (article_id) LEFT JOIN used USING (article_id)
    LEFT JOIN refused USING (article_id) LEFT JOIN best_text USING (article_id)
    WHERE shelf.turn = 1 AND NOT coalesce(refused.is_hidden, false)
    ORDER BY score DESC, shelf.id LIMIT %(most)s"""  # noqa: S608  our own words
_ANSWERS: Final = f"""{_LIKENESS}, refused AS (
        SELECT message_id, sum(likeness) AS score, bool_or(case_id = %(case)s) AS is_hidden
        FROM judged WHERE NOT is_helpful AND article_id IS NULL GROUP BY message_id
    )
    SELECT j.message_id, j.case_id, j.likeness - coalesce(refused.score, 0) AS score
    FROM judged j
    JOIN conversations_case c ON c.workspace_id = %(ws)s AND c.id = j.case_id
    LEFT JOIN refused USING (message_id)
    WHERE j.is_helpful AND j.article_id IS NULL AND j.message_id IS NOT NULL
        AND j.case_id <> %(case)s AND c.status = 'closed' AND c.closed_reason = 'solved'
        AND NOT coalesce(refused.is_hidden, false)
        AND j.likeness - coalesce(refused.score, 0) >= %(answers_alike)s
    ORDER BY score DESC, j.age LIMIT %(most)s"""  # noqa: S608  our own words


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A published saved reply and why it is suggested.

    `likes` is how many questions like this one it answered, `words` are the asked words that it
    speaks of, the most telling first, `share` is its part of all uses (0 to 1).
    """

    version: ArticleVersion
    score: float
    likes: int
    words: Sequence[str]
    share: float

    @property
    def suits(self) -> bool:
        """Whether the question itself speaks for it, and not only how often it is used."""
        return self.likes > 0 or len(self.words) > 1


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """A reply in own words to a question like this one, in a case that was closed."""

    message_id: UUID
    case_id: UUID
    likeness: float


def suggested(
    workspace_id: UUID, text: str, *, case_id: UUID | None = None, language: str = "", most: int = 5
) -> list[Suggestion]:
    """Return the saved replies for a question, the best first; two queries, none without words.

    What somebody hid in this case is not among them.
    """
    begun = stemmed(text)
    asked = list(begun)[:MOST]
    if not asked:
        return []
    values = _values(workspace_id, asked, case_id, most)
    found = rows.fetch(
        _ARTICLES,
        values
        | {
            "terms": [_term(stem) for stem in asked],
            "language": language,
            "neighbours": NEIGHBOURS,
            "half_life": HALF_LIFE,
            "by_article": BY_ARTICLE,
            "by_use": BY_USE,
            "alike": ALIKE,
            "common": COMMON,
        },
    )
    versions = ArticleVersion.objects.select_related("article").defer("body", "search")
    known = versions.in_bulk([row[0] for row in found])
    return [
        Suggestion(known[row[0]], row[1], row[2], _told_apart(begun, row[3]), row[4])
        for row in found
        if row[0] in known
    ]


def past_answers(
    workspace_id: UUID, text: str, *, case_id: UUID | None = None, most: int = 2
) -> list[PastAnswer]:
    """Return what was answered in own words to questions like this one; one query."""
    asked = list(stemmed(text))[:MOST]
    if not asked:
        return []
    values = _values(workspace_id, asked, case_id, most)
    found = rows.fetch(_ANSWERS, values | {"answers_alike": ANSWERS_ALIKE})
    return [PastAnswer(*row) for row in found]


def _told_apart(begun: Mapping[str, str], said: Sequence[str]) -> list[str]:
    """Return the words of these beginnings, without "bags" beside "bag"."""
    bare = [one for one in said if not any(one != o and one.startswith(o) for o in said)]
    return [begun[stem] for stem in bare]


def _values(
    workspace_id: UUID, asked: Sequence[str], case_id: UUID | None, most: int
) -> dict[str, Any]:
    return {
        "ws": workspace_id,
        "stems": list(asked),
        "case": case_id or UUID(int=0),
        "remembered": REMEMBERED,
        "most": most,
    }


def _term(stem: str) -> str:
    """Return the tsquery of a beginning; a very short one stands for itself alone."""
    return f"'{stem}'" + (":*" if len(stem) >= _SHORTEST_BEGUN else "")
