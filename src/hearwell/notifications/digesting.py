"""Digests by e-mail: counted for everybody at once, written for each, sent over one connection.

No customer is named and nothing they wrote is quoted: numbers of cases, networks, times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hearwell.accounts.languages import language_for, speaking
from hearwell.accounts.models import Membership
from hearwell.accounts.rules import READERS, can
from hearwell.kit import rows
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.notifications import networks
from hearwell.notifications.handing import FAILURES, handed_over, hung_up
from hearwell.notifications.services.digests import Wish, off_token, take_due
from hearwell.powers.waiting import Waiting, waiting_for
from hearwell.sla.queries import WAITING_CASES, WaitingNow, waiting_now
from hearwell.triage.learning.unshown import review_count

log = structlog.get_logger(__name__)
MOST_LINES: Final = 5

_OPEN: Final = """
    SELECT assignee_id, count(*) FROM conversations_case
    WHERE workspace_id = %(workspace)s AND status = 'open' AND NOT is_historic
        AND assignee_id = ANY(%(users)s)
    GROUP BY assignee_id
"""
_WAITING: Final = f"""
    SELECT * FROM (
        SELECT c.assignee_id, c.id, c.number, c.network, w.asked_at, w.due_at,
            row_number() OVER (PARTITION BY c.assignee_id ORDER BY w.asked_at, c.id) AS place,
            count(*) OVER (PARTITION BY c.assignee_id)
        FROM ({WAITING_CASES}) w
        JOIN conversations_case c ON c.workspace_id = %(workspace)s AND c.id = w.case_id
        WHERE c.assignee_id = ANY(%(users)s)
    ) line WHERE place <= %(most)s ORDER BY assignee_id, place
"""  # noqa: S608  our own words
# Each for their own stretch of time; `user_id` null: everybody's, for the team.
_MISSED: Final = """
    SELECT r.id, count(k.id) FILTER (WHERE c.assignee_id = r.user_id), count(k.id)
    FROM json_to_recordset(%(wishes)s::json)
        AS r(id uuid, user_id uuid, since_at timestamptz, until_at timestamptz)
    JOIN sla_clock k ON k.workspace_id = %(workspace)s AND NOT k.is_historic
        AND k.breached_at > r.since_at AND k.breached_at <= r.until_at
    JOIN conversations_case c ON c.workspace_id = k.workspace_id AND c.id = k.case_id
    GROUP BY r.id
"""


_SPIKES: Final = """
    SELECT r.id, count(*) FROM json_to_recordset(%(wishes)s::json)
        AS r(id uuid, since_at timestamptz, until_at timestamptz)
    JOIN spikes_spike s ON s.workspace_id = %(workspace)s AND s.state <> 'dismissed'
        AND s.found_at > r.since_at AND s.found_at <= r.until_at
    GROUP BY r.id
"""


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A case of one's own in which somebody waits."""

    case_id: UUID
    number: int
    network: str
    asked_at: datetime
    due_at: datetime
    url: str


@dataclass(slots=True)
class Summary:
    """What one digest says. `team` is None for those who did not ask, or may not know.

    `reviews` and `grants` are colleagues' that wait for this person, `returned` their own.
    `networks` are warnings with their addresses, for those who look after the networks.
    """

    name: str
    email: str
    place: str
    language: str = ""
    open: int = 0
    waiting: int = 0
    lines: list[WaitingLine] = field(default_factory=list)
    missed: int = 0
    reviews: int = 0
    returned: int = 0
    grants: int = 0
    team: WaitingNow | None = None
    team_missed: int = 0
    spikes: int = 0
    quieted: int = 0
    networks: list[tuple[str, str]] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether there is anything to say."""
        has_team = self.team is not None and any(
            (self.team.n, self.team_missed, self.spikes, self.quieted)
        )
        to_decide = self.reviews or self.returned or self.grants
        return bool(self.open or self.missed or to_decide or has_team or self.networks)


def send_digests(workspace_id: UUID) -> int:
    """Send the digests of a workspace that are due; return how many were sent.

    None is taken before the mail server answers: while it is away they stay due.
    """
    line = get_connection()
    try:
        line.open()
    except FAILURES as error:
        log.warning("digests_wait_for_mail", error_type=type(error).__name__)
        return 0
    try:
        with scope(workspace_id):
            taken = take_due(workspace_id)
            summaries = summarised(workspace_id, taken) if taken else {}
        return sum(
            _send(line, workspace_id, wish, summaries[wish.digest_id])
            for wish in taken
            if wish.digest_id in summaries and summaries[wish.digest_id].says_something
        )
    finally:
        hung_up(line)


def _send(line: Any, workspace_id: UUID, wish: Wish, summary: Summary) -> int:
    letter = written(workspace_id, wish, summary)
    try:
        return handed_over(line, letter)
    except FAILURES as error:
        log.warning("digest_not_sent", error_type=type(error).__name__)
        hung_up(line)
        return 0


def summarised(workspace_id: UUID, taken: Sequence[Wish]) -> Mapping[UUID, Summary]:
    """Return digest -> what it says, of those who are still members.

    Eight queries for all, fewer where nobody asks for the team; and some for the networks where
    somebody looks after them.
    """
    found = Membership.objects.select_related("user", "workspace").filter(
        workspace_id=workspace_id,
        user_id__in=[one.user_id for one in taken],
        user__is_active=True,
        role__in=READERS,
    )
    members = {member.user_id: member for member in found}
    values = {
        "workspace": workspace_id,
        "users": list(members),
        "most": MOST_LINES,
        "wishes": rows.document(
            {
                "id": one.digest_id,
                "user_id": one.user_id,
                "since_at": one.since_at,
                "until_at": one.until_at,
            }
            for one in taken
        ),
    }
    opened = dict(rows.fetch(_OPEN, values))
    missed = {row[0]: row[1:] for row in rows.fetch(_MISSED, values)}
    waiting = _waiting(values)
    warned, to_decide = _warned(workspace_id, found), waiting_for(workspace_id, list(members))
    team, spikes, quieted = None, {}, 0
    if any(one.has_team for one in taken):
        team, spikes = waiting_now(workspace_id), dict(rows.fetch(_SPIKES, values))
        quieted = review_count(workspace_id, _day_began(found))
    summaries = {}
    for one in taken:
        member = members.get(one.user_id)
        if member is None:
            continue
        lines, n = waiting.get(one.user_id, ([], 0))
        own, everybodys = missed.get(one.digest_id, (0, 0))
        is_told_of_team = one.has_team and can(member.role, "approve")
        summaries[one.digest_id] = Summary(
            name=member.user.get_short_name(),
            email=member.user.email,
            place=member.workspace.name,
            language=language_for(member.user, member.workspace),
            open=opened.get(one.user_id, 0),
            waiting=n,
            lines=lines,
            missed=own,
            **_decisions(to_decide.get(one.user_id), may=can(member.role, "approve")),
            team=team if is_told_of_team else None,
            team_missed=everybodys if is_told_of_team else 0,
            spikes=spikes.get(one.digest_id, 0) if is_told_of_team else 0,
            quieted=quieted if is_told_of_team else 0,
            networks=_said(warned, member),
        )
    return summaries


def _warned(workspace_id: UUID, members: Iterable[Membership]) -> list[str]:
    """Return what is to be said of the networks, if somebody here looks after them."""
    return networks.warned(workspace_id) if any(map(_keeps, members)) else []


def _keeps(member: Membership) -> bool:
    return can(member.role, "manage_channels")


def _said(warned: Sequence[str], member: Membership) -> list[tuple[str, str]]:
    if not _keeps(member):
        return []
    with speaking(language_for(member.user, member.workspace)):
        return [(networks.said_of(one), networks.page_of(one)) for one in warned]


def _day_began(members: Iterable[Membership]) -> datetime:
    """Return when today began where the workspace is."""
    zone = next((ZoneInfo(one.workspace.time_zone) for one in members), UTC)
    return now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _decisions(waiting: Waiting | None, *, may: bool) -> dict[str, int]:
    """Return what waits for a person; replies of their own that wait are others' to read."""
    if waiting is None:
        return {}
    reviews = (waiting.replies or 0) if may else 0
    return {"reviews": reviews, "returned": waiting.returned, "grants": waiting.grants or 0}


def _waiting(values: Mapping[str, Any]) -> dict[UUID, tuple[list[WaitingLine], int]]:
    found: dict[UUID, list[WaitingLine]] = defaultdict(list)
    numbers: dict[UUID, int] = {}
    for user_id, case_id, number, network, asked_at, due_at, _place, n in rows.fetch(
        _WAITING, values
    ):
        url = settings.HEARWELL_URL + reverse("case", args=[case_id])
        found[user_id].append(WaitingLine(case_id, number, network, asked_at, due_at, url))
        numbers[user_id] = n
    return {user_id: (lines, numbers[user_id]) for user_id, lines in found.items()}


def written(workspace_id: UUID, wish: Wish, summary: Summary) -> EmailMultiAlternatives:
    """Write the e-mail in the person's language, with the one click that ends it (RFC 8058)."""
    token = off_token(workspace_id, wish.digest_id)
    off = settings.HEARWELL_URL + reverse("digest_off", args=[token])
    context = {"summary": summary, "wish": wish, "off": off, "url": settings.HEARWELL_URL}
    with timezone.override(wish.zone), speaking(summary.language):
        text = render_to_string("hearwell/mail/digest.txt", context)
        subject = _("%(place)s: %(open)s of your cases are open, %(waiting)s wait")
    values = {"place": summary.place, "open": summary.open, "waiting": summary.waiting}
    return EmailMultiAlternatives(
        subject=" ".join((subject % values).split()),
        body=text,
        to=[summary.email],
        headers={
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<digest.{wish.digest_id}.{int(wish.until_at.timestamp())}@"
            f"{settings.ENVIRONMENT.host}>",
        },
    )
