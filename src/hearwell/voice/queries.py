"""What the brand said: every message of ours once, whether it answers somebody, and its class.

Which one answers is seen in the thread, by PostgreSQL; the words of the others are read by the
rules. There are few of those, and what is in their thread may change, so nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from hearwell.kit import rows
from hearwell.voice.counting import Counted
from hearwell.voice.rules import PostClass, Told, told_by_words

# So many posts that answer nobody are read; of more the newest, and that is said.
MOST_READ: Final = 20_000
ANSWERS, NAMES = "answers", "names"
# A post is care that answers a message of theirs, goes on in a thread that they began, goes on
# after such an answer, or is private after they wrote. What we reply to may not be known to us.
_ANSWERS: Final = """CASE
    WHEN p.direction = 'in' THEN true
    WHEN (SELECT b.direction FROM conversations_message b
        WHERE b.workspace_id = m.workspace_id AND b.case_id = m.case_id
            AND b.conversation_id = m.conversation_id AND b.kind <> 'note'
        ORDER BY b.sent_at, b.id LIMIT 1) = 'in' THEN true
    WHEN p.direction = 'out' THEN coalesce((SELECT a.direction = 'in' FROM conversations_message a
        WHERE p.parent_remote_id <> '' AND a.workspace_id = p.workspace_id
            AND a.channel_id = p.channel_id AND a.remote_id = p.parent_remote_id), false)
    WHEN m.parent_remote_id <> '' OR m.audience = 'private' THEN EXISTS (
        SELECT FROM conversations_message b
        WHERE b.workspace_id = m.workspace_id AND b.case_id = m.case_id
            AND b.conversation_id = m.conversation_id AND b.direction = 'in'
            AND b.sent_at <= m.sent_at)
    ELSE false END"""
# An archive and a connected account of one brand may hold the same post: the same id at the same
# moment. The connected one counts, of two alike the first.
_TWICE: Final = """EXISTS (
    SELECT FROM channels_channel k
    JOIN conversations_message d ON d.workspace_id = k.workspace_id AND d.channel_id = k.id
        AND d.remote_id = m.remote_id
    WHERE k.workspace_id = c.workspace_id AND k.brand_id = c.brand_id AND k.id <> c.id
        AND ((c.network = 'archive' AND k.network <> 'archive')
            OR (c.network = k.network AND k.id < c.id))
        AND d.direction = 'out' AND d.sent_at BETWEEN m.sent_at - interval '1 second'
            AND m.sent_at + interval '1 second')"""
# What it replies to is looked up for each (LIMIT keeps it so): a join would read every message that
# the workspace ever had.
_SAID: Final = f"""
    SELECT m.id, m.channel_id, c.network, m.sent_at, m.text, m.permalink, m.case_id,
        (m.sent_at AT TIME ZONE %(zone)s)::date AS day, m.is_automatic,
        CASE WHEN m.text ~ '^\\s*@\\w' THEN 'names' WHEN {_ANSWERS} THEN 'answers' ELSE ''
            END AS why,
        coalesce(r.klass, '') AS ruled, r.before IS NOT NULL AS can_undo
    FROM conversations_message m
    JOIN channels_channel c ON c.workspace_id = m.workspace_id AND c.id = m.channel_id
    LEFT JOIN LATERAL (
        SELECT b.workspace_id, b.channel_id, b.direction, b.parent_remote_id
        FROM conversations_message b
        WHERE m.parent_remote_id <> '' AND b.workspace_id = m.workspace_id
            AND b.remote_id = m.parent_remote_id AND b.channel_id = coalesce(
                (SELECT h.channel_id FROM conversations_conversation h
                WHERE h.workspace_id = m.workspace_id AND h.id = m.conversation_id), m.channel_id)
        LIMIT 1
    ) p ON true
    LEFT JOIN voice_ruling r ON r.workspace_id = m.workspace_id AND r.message_id = m.id
    WHERE m.workspace_id = %(place)s AND m.direction = 'out' AND m.kind NOT IN ('note', 'call')
        AND m.deleted_at IS NULL AND m.sent_at >= %(from)s AND m.sent_at < %(to)s
        AND (%(channels)s::uuid[] IS NULL OR m.channel_id = ANY(%(channels)s))
        AND (NOT %(public)s OR m.audience = 'public')
        AND NOT {_TWICE}
"""  # noqa: S608  our own fragments
# All that answers, as counts; and each other post, and what a person spoke about, by itself.
_READ: Final = f"""
    WITH said AS MATERIALIZED ({_SAID})
    SELECT day, channel_id, is_automatic, count(*), NULL::uuid AS id, '' AS network,
        NULL::timestamptz AS sent_at, '' AS text, '' AS permalink, '' AS why, '' AS ruled,
        false AS can_undo, NULL::uuid AS case_id
    FROM said WHERE why <> '' AND ruled = '' GROUP BY 1, 2, 3
    UNION ALL
    (SELECT day, channel_id, is_automatic, 1, id, network, sent_at, text, permalink, why, ruled,
        can_undo, case_id
    FROM said WHERE why = '' OR ruled <> '' ORDER BY sent_at DESC, id DESC LIMIT %(most)s)
"""  # noqa: S608  our own fragments
_REPLIES: Final = f"""
    WITH said AS ({_SAID})
    SELECT id, channel_id, network, sent_at, day, text, permalink, why, ruled, can_undo, case_id
    FROM said WHERE why <> '' AND ruled IN ('', 'care')
    ORDER BY sent_at DESC, id DESC LIMIT %(most)s OFFSET %(skipped)s
"""  # noqa: S608  our own fragments


@dataclass(frozen=True, slots=True)
class Asked:
    """Which posts: from `starts_at` up to `ends_at`, days by the clock of `zone`.

    `channel_ids`: of these accounts alone, None: of all; `is_public`: only what all can read.
    """

    workspace_id: UUID
    starts_at: datetime
    ends_at: datetime
    zone: str
    channel_ids: Collection[UUID] | None = None
    is_public: bool = False

    @property
    def values(self) -> dict[str, Any]:
        """It as the statements take it."""
        return {
            "place": self.workspace_id,
            "from": self.starts_at,
            "to": self.ends_at,
            "zone": self.zone,
            "channels": None if self.channel_ids is None else list(self.channel_ids),
            "public": self.is_public,
        }


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `why` it is care by itself: it ``answers``, it ``names`` somebody first; else "".

    `ruled` is what a person said, else empty. `told` is what its words say.
    """

    id: UUID
    channel_id: UUID
    network: str
    sent_at: datetime
    day: date
    text: str
    permalink: str
    why: str
    ruled: str
    can_undo: bool
    case_id: UUID | None
    told: Told

    @property
    def klass(self) -> PostClass:
        """What it counts as: a person's word before the thread, and that before its words."""
        if self.ruled:
            return PostClass(self.ruled)
        return PostClass.CARE if self.why else self.told.klass

    @property
    def link(self) -> str:
        """Where it stands on its network, if that is an address that may be followed."""
        return self.permalink if self.permalink.startswith("https://") else ""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: counts of all posts, and posts one by one, the newest first.

    `posts` are those that answer nobody, and those of which a person spoke.
    `is_cut`: there were more of those than are read.
    """

    counted: list[Counted]
    posts: list[Post]
    is_cut: bool


def posts_of(asked: Asked) -> Read:
    """Read all posts of a period; one statement."""
    found = rows.fetch(_READ, asked.values | {"most": MOST_READ + 1})
    counted = [_replies(*row[:4]) for row in found if row[4] is None]
    posts = [_post(row) for row in found if row[4] is not None]
    posts.sort(key=lambda one: (one.sent_at, one.id), reverse=True)
    automatic = {row[4] for row in found if row[2]}
    kept = posts[:MOST_READ]
    counted += [_alone(one, is_automatic=one.id in automatic) for one in kept]
    return Read(counted, kept, len(posts) > MOST_READ)


def replies_of(asked: Asked, most: int, skipped: int = 0) -> list[Post]:
    """Return what answers somebody, the newest first; one statement."""
    found = rows.fetch(_REPLIES, asked.values | {"most": most, "skipped": skipped})
    return [Post(*(*row, Told(PostClass.CARE))) for row in found]


def _replies(day: date, channel_id: UUID, is_automatic: bool, n: int) -> Counted:  # noqa: FBT001  a row
    return Counted(day, channel_id, PostClass.CARE, n, is_automatic)


def _post(row: Sequence[Any]) -> Post:
    day, channel_id, _auto, _n, post_id, network, sent_at, text, link, why, ruled, undo, case = row
    told = told_by_words(text)
    return Post(
        post_id, channel_id, network, sent_at, day, text, link, why, ruled, undo, case, told
    )


def _alone(one: Post, *, is_automatic: bool) -> Counted:
    return Counted(one.day, one.channel_id, one.klass, 1, is_automatic, one.told.is_coupon)
