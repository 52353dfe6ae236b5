"""What people did after a contact, for programs."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from ninja import Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem
from hearwell.kit.clock import now
from hearwell.outcomes.after import after_contact
from hearwell.outcomes.rules import Outcome, Window
from hearwell.reports.rolling.reading import midnight

router = Router(tags=["Reports"])
MOST_DAYS = 3700
EARLIEST, LATEST = 1990, 2200
USUAL_DAYS = 120
CAUTION = (
    "Association, not cause: who is answered soon may be unlike who is not, and a difference does "
    "not say that the answer made it so."
)


class ContactsIn(Schema):
    """Whole days of the workspace's clock in which contacts began; 120 days by default."""

    first: date | None = None
    last: date | None = None


class ShareOut(Schema):
    """A group: how many of its `n` people did it, with Wilson's 95 % interval.

    `answered`: within an hour (`fast`), later but within a day (`slow`), not in a day (`never`).
    `difference`: its share less that of `never`, with Newcombe's interval.
    """

    answered: Literal["fast", "slow", "never"]
    n: int
    did: int
    share: float | None
    low: float | None
    high: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    is_few: bool


class WindowOut(Schema):
    """Within so many days. `left_out`: people for whom that time is not over or not covered."""

    days: int
    left_out: int
    groups: list[ShareOut]


class OutcomeOut(Schema):
    """One thing that people may do. `unknown_because` says why nothing is known of it."""

    key: str
    method: str
    caveat: str
    unknown_because: str
    windows: list[WindowOut]


class AfterContact(Schema):
    """People by how soon they were answered, and what they did. `late`: answered after a day.

    Of `every` people one was taken, by the chance in their id, where much was said; 1: all. Every
    count is of those taken.
    """

    first: date
    last: date
    time_zone: str
    caution: str
    people: dict[str, int]
    every: int
    late: int
    outcomes: list[OutcomeOut]


@router.get("/reports/after-contact", response=AfterContact, summary="After the contact")
@needs("read")
def after_the_contact(request: ApiRequest, asked: Annotated[ContactsIn, Query()]) -> Any:
    """Count what people did in public within 7, 30 and 90 days; association, not cause."""
    workspace = request.auth.workspace
    zone = ZoneInfo(workspace.time_zone)
    first, last = _days(asked, zone)
    found = after_contact(
        workspace.id, midnight(first, zone), midnight(last + timedelta(days=1), zone),
        zone=workspace.time_zone,
    )  # fmt: skip
    return {
        "first": first,
        "last": last,
        "time_zone": workspace.time_zone,
        "caution": CAUTION,
        "people": dict(found.people),
        "every": found.every,
        "late": found.late,
        "outcomes": [_outcome(one) for one in found.outcomes],
    }


def _days(asked: ContactsIn, zone: ZoneInfo) -> tuple[date, date]:
    last = asked.last or now().astimezone(zone).date()
    first = asked.first or last - timedelta(days=USUAL_DAYS - 1)
    is_odd = first > last or (last - first).days > MOST_DAYS
    if is_odd or first.year < EARLIEST or last.year > LATEST:
        detail = f"`first` comes before `last`, by at most {MOST_DAYS} days."
        raise Problem(422, "bad_period", detail)
    return first, last


def _outcome(one: Outcome) -> dict[str, Any]:
    return {
        "key": one.key,
        "method": one.method,
        "caveat": one.caveat,
        "unknown_because": one.why,
        "windows": [_window(window) for window in one.windows],
    }


def _window(one: Window) -> dict[str, Any]:
    return {
        "days": one.days,
        "left_out": one.left_out,
        "groups": [_group(one, speed) for speed in one.groups],
    }


def _group(window: Window, speed: str) -> dict[str, Any]:
    share = window.groups[speed]
    low, high = share.interval or (None, None)
    by, by_low, by_high = window.against.get(speed) or (None, None, None)
    return {
        "answered": speed,
        "n": share.n,
        "did": share.right,
        "share": share.value,
        "low": low,
        "high": high,
        "difference": by,
        "difference_low": by_low,
        "difference_high": by_high,
        "is_few": window.is_few(speed),
    }
