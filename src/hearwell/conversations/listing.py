"""What a list of cases shows, and which cases belong in it: pure, shared by pages and live updates.

Each queue is said twice, side by side: for PostgreSQL and for one row in hand. A test holds the
two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hearwell.kit.clock import now

URGENT_FROM: Final = 3
NOBODY: Final = "none"
OWN_POST: Final = "own_post"  # closed until a customer writes below what we said first
MERGED: Final = "merged"  # closed, because all that was in it is in another case now
AUDIENCES: Final = frozenset({"public", "private"})
STATUSES: Final = frozenset({"open", "snoozed", "closed"})
TURNS: Final = frozenset({"ours", "theirs", "none"})
_PRIORITIES: Final = frozenset("1234")
# How long a customer has waited at least, in seconds.
WAITED: Final[dict[str, int]] = {
    "1h": 3600, "4h": 4 * 3600, "1d": 86_400, "3d": 3 * 86_400, "7d": 7 * 86_400,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases a list shows. `assignee` is a user's id, NOBODY, or None for anybody's.

    `urgency` is the least that counts, `waited` a key of WAITED, `language` a primary tag ("de"),
    `unsure` is "yes" or empty, `topic` a name, `stars` those of a review (0: any case).
    """

    queue: str = "needs"
    user_id: UUID | None = None
    channel_id: UUID | None = None
    network: str = ""
    kind: str = ""
    audience: str = ""
    assignee: UUID | str | None = None
    team_id: UUID | None = None
    tag: str = ""
    text: str = ""
    language: str = ""
    urgency: int = 0
    waited: str = ""
    unread: bool | None = None
    turn: str = ""
    tier: str = ""
    status: str = ""
    spike_id: UUID | None = None
    incident_id: UUID | None = None
    unsure: str = ""
    topic: str = ""
    stars: int = 0


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as a list shows it. `certainty` is in percent, None where nobody judged.

    `rating` is how many stars the review in it has; None where it holds none.
    `said` is the message in it that a search found, empty in other lists.
    """

    id: UUID
    number: int
    title: str
    preview: str
    contact_id: UUID | None
    contact_name: str
    network: str
    channel_id: UUID | None
    channel_handle: str
    audience: str
    kind: str
    duty: str
    certainty: int | None
    urgency: int
    status: str
    turn: str
    assignee_id: UUID | None
    assignee_initials: str
    team_id: UUID | None
    due_at: datetime | None
    waiting_since: datetime | None
    opened_at: datetime
    last_message_at: datetime
    snoozed_until: datetime | None
    closed_at: datetime | None
    closed_reason: str
    unread: bool
    is_historic: bool
    version: int
    stage: str = ""
    unsolved_at: datetime | None = None
    rating: int | None = None
    said: str = ""

    @property
    def label(self) -> str:
        """The number as people say it."""
        return f"HW-{self.number}"

    @property
    def is_unsolved(self) -> bool:
        """Whether the customer said that it is not solved and waits for an answer to that."""
        return self.unsolved_at is not None and self.turn == "ours"


Fits = Callable[[CaseRow, UUID | None], bool]


@dataclass(frozen=True, slots=True)
class Queue:
    """A named list. `where` speaks of a case `c`; `order` names a column and its direction.

    `has_head`: whoever was told that it is solved and says no stands before that order.
    """

    where: str
    fits: Fits
    order: str = "due_at"
    is_newest_first: bool = False
    has_head: bool = False


def _is_worked(row: CaseRow) -> bool:
    return row.status == "open" and not row.is_historic


def _needs(row: CaseRow, _user_id: UUID | None = None) -> bool:
    return _is_worked(row) and row.turn == "ours"


def _is_late(row: CaseRow, _user_id: UUID | None) -> bool:
    return _needs(row) and row.due_at is not None and row.due_at < now()


def _is_idle(row: CaseRow, duty: str) -> bool:
    return _is_worked(row) and row.turn == "none" and row.duty == duty


WORKED: Final = "c.status = 'open' AND NOT c.is_historic"
_NEEDS = f"{WORKED} AND c.turn = 'ours'"
_IDLE = f"{WORKED} AND c.turn = 'none'"
_STARS: Final = frozenset("12345")
# What CaseRow.rating says: a review is among the first that a case holds.
RATING: Final = """(
    SELECT fm.rating FROM (
        SELECT m.rating, m.sent_at, m.id FROM conversations_message m
        WHERE m.workspace_id = c.workspace_id AND m.case_id = c.id
        ORDER BY m.sent_at, m.id LIMIT 5) fm
    WHERE fm.rating IS NOT NULL ORDER BY fm.sent_at DESC, fm.id DESC LIMIT 1)"""
# What CaseRow.is_unsolved says.
UNSOLVED: Final = "(c.unsolved_at IS NOT NULL AND c.turn = 'ours')"
_LAST = "last_message_at"
# What is said to other brands is for the benchmarks; nobody works through it.
_WATCHED: Final = """EXISTS (SELECT FROM channels_channel w WHERE w.workspace_id = c.workspace_id
    AND w.id = c.channel_id AND (w.settings ->> 'watched') IS NOT NULL)"""
QUEUES: Final[dict[str, Queue]] = {
    "needs": Queue(_NEEDS, _needs, has_head=True),
    "urgent": Queue(
        f"{_NEEDS} AND c.urgency >= {URGENT_FROM}",
        lambda row, _: _needs(row) and row.urgency >= URGENT_FROM,
        has_head=True,
    ),
    "late": Queue(f"{_NEEDS} AND c.due_at < %(now)s", _is_late, has_head=True),
    "unassigned": Queue(
        f"{_NEEDS} AND c.assignee_id IS NULL",
        lambda row, _: _needs(row) and row.assignee_id is None,
        has_head=True,
    ),
    "seen": Queue(
        f"{_NEEDS} AND NOT c.unread AND c.duty = 'answer'",
        lambda row, _: _needs(row) and not row.unread and row.duty == "answer",
        has_head=True,
    ),
    "mine": Queue(
        f"{WORKED} AND c.assignee_id = %(user_id)s",
        lambda row, user_id: _is_worked(row) and row.assignee_id == user_id is not None,
        has_head=True,
    ),
    "praise": Queue(
        f"{_IDLE} AND c.duty = 'acknowledge'",
        lambda row, _: _is_idle(row, "acknowledge"),
        _LAST,
        is_newest_first=True,
    ),
    "quiet": Queue(
        f"{_IDLE} AND c.duty = 'none'",
        lambda row, _: _is_idle(row, "none"),
        _LAST,
        is_newest_first=True,
    ),
    "heard": Queue(
        f"{WORKED} AND c.stage <> ''",
        lambda row, _: _is_worked(row) and bool(row.stage),
        _LAST,
        is_newest_first=True,
    ),
    "all": Queue(
        WORKED, lambda row, _: _is_worked(row), _LAST, is_newest_first=True, has_head=True
    ),
    "snoozed": Queue(
        "c.status = 'snoozed'", lambda row, _: row.status == "snoozed", "snoozed_until"
    ),
    "closed": Queue(
        "c.status = 'closed' AND NOT c.is_historic"
        f" AND c.closed_reason NOT IN ('{OWN_POST}', '{MERGED}')",
        lambda row, _: (
            row.status == "closed"
            and not row.is_historic
            and row.closed_reason not in {OWN_POST, MERGED}
        ),
        _LAST,
        is_newest_first=True,
    ),
    "archive": Queue(
        f"c.status = 'closed' AND c.is_historic AND NOT {_WATCHED}",
        lambda row, _: row.status == "closed" and row.is_historic,
        _LAST,
        is_newest_first=True,
    ),
}
# A search looks everywhere.
ANYWHERE: Final = Queue("true", lambda _row, _user_id: True, _LAST, is_newest_first=True)
DONE: Final = frozenset({"closed", "archive"})
COUNTED: Final = (
    "needs", "urgent", "late", "unassigned", "seen", "mine", "praise", "quiet", "all",
)  # fmt: skip


def queue_of(wanted: CaseFilter) -> Queue:
    """Return the queue meant; an unknown name means "needs", a search means everywhere."""
    return ANYWHERE if wanted.text else QUEUES.get(wanted.queue, QUEUES["needs"])


def needs_record(wanted: CaseFilter) -> bool:
    """Say whether a row alone cannot tell if a case belongs: text, tag, tier, what was judged."""
    asked = (
        wanted.text, wanted.tag, wanted.language, wanted.tier, wanted.spike_id,
        wanted.incident_id,
    )  # fmt: skip
    return any(asked) or bool(wanted.unsure or wanted.topic)


def matches(wanted: CaseFilter, row: CaseRow, user_id: UUID | None) -> bool:
    """Say whether a case belongs in a list. False where only the record can say (needs_record)."""
    return not needs_record(wanted) and may_match(wanted, row, user_id)


def may_match(wanted: CaseFilter, row: CaseRow, user_id: UUID | None) -> bool:
    """Say whether a case belongs in a list as far as its row can tell."""
    wishes: tuple[tuple[object, object], ...] = (
        (wanted.channel_id, row.channel_id),
        (wanted.network, row.network),
        (wanted.kind, row.kind),
        (wanted.audience, row.audience),
        (wanted.team_id, row.team_id),
        (wanted.status, row.status),
        (wanted.turn, row.turn),
        (wanted.stars, row.rating),
    )
    if any(wish and wish != have for wish, have in wishes):
        return False
    if wanted.unread not in {None, row.unread} or row.urgency < wanted.urgency:
        return False
    if wanted.waited and not _has_waited(row, WAITED[wanted.waited]):
        return False
    if wanted.assignee is not None:
        holder = row.assignee_id if wanted.assignee != NOBODY else row.assignee_id or NOBODY
        if holder != wanted.assignee:
            return False
    return queue_of(wanted).fits(row, user_id)


def _has_waited(row: CaseRow, seconds: int) -> bool:
    since = row.waiting_since
    return since is not None and (now() - since).total_seconds() >= seconds


def filter_from(params: Mapping[str, str], user_id: UUID | None) -> CaseFilter:
    """Read a list's query string; what makes no sense, and NUL in it, is left out.

    Keys: queue, channel, network, kind, audience, assignee (me, none or an id), team, tag, q,
    language, priority (1 to 4), waited (a key of WAITED), unread (yes or no), turn, tier, status,
    spike and incident (ids), unsure (yes), topic, stars (1 to 5).
    """

    def get(name: str, default: str = "") -> str:
        return params.get(name, default).replace("\x00", "")

    queue = get("queue", "needs")
    priority, stars = get("priority"), get("stars")
    return CaseFilter(
        queue=queue if queue in QUEUES else "needs",
        user_id=user_id,
        channel_id=_id(get("channel")),
        network=get("network")[:32],
        kind=get("kind")[:16],
        audience=_one_of(AUDIENCES, get("audience")),
        assignee=_assignee(get("assignee"), user_id),
        team_id=_id(get("team")),
        tag=get("tag")[:60],
        text=get("q").strip()[:200],
        language=get("language").lower()[:16],
        urgency=int(priority) if priority in _PRIORITIES else 0,
        waited=_one_of(WAITED, get("waited")),
        unread={"yes": True, "no": False}.get(get("unread")),
        turn=_one_of(TURNS, get("turn")),
        tier=get("tier").strip()[:40],
        status=_one_of(STATUSES, get("status")),
        spike_id=_id(get("spike")),
        incident_id=_id(get("incident")),
        unsure=_one_of({"yes"}, get("unsure")),
        topic=get("topic").strip()[:60],
        stars=int(stars) if stars in _STARS else 0,
    )


def _one_of(known: Collection[str], text: str) -> str:
    return text if text in known else ""


def _assignee(text: str, user_id: UUID | None) -> UUID | str | None:
    if text == "me":
        return user_id
    return NOBODY if text == NOBODY else _id(text)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
