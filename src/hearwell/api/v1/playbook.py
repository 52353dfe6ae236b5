"""The playbook as it holds, and who owns which hour. To be read; it is written on the screen."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema

from hearwell.api.access import ApiRequest, needs
from hearwell.api.problems import Problem, not_found
from hearwell.strategy.coverage import FAR, Week
from hearwell.strategy.models import Playbook
from hearwell.strategy.queries import (
    Standing,
    latest,
    readiness,
    standing,
    version_of,
    versions,
)
from hearwell.strategy.rules import Answers, Shift

router = Router(tags=["Playbook"])
Names = Mapping[str, Mapping[str, str]]
_HIGHEST = 2**31 - 1


class Named(Schema):
    """A team or a person; `name` is empty for one that is gone."""

    id: UUID
    name: str


class ShiftOut(Schema):
    """Who is responsible on some days between two times; 0 is Monday, an end may lie on the next.

    `calendar` names the one whose single days count, or is empty.
    """

    days: list[int]
    starts: str
    ends: str
    team: Named | None
    person: Named | None
    stands_in: Named | None
    calendar: str


class PathOut(Schema):
    """How one kind of case is solved. `promise` and `replies` are named as they were called."""

    words: str
    team: Named | None
    promise: str
    replies: list[str]


class PlaybookOut(Schema):
    """A version of the four answers. `networks`: answer, read or leave; `roles` in words.

    `is_current`: it is the version that holds.
    """

    version: int
    is_current: bool
    made_at: datetime
    made_by: str
    remark: str
    networks: dict[str, str]
    elsewhere: str
    rota: list[ShiftOut]
    paths: dict[str, PathOut]
    roles: dict[str, str]


class VersionOut(Schema):
    """A version: who made it, when and why."""

    version: int
    made_at: datetime
    made_by: str
    remark: str


class Lack(Schema):
    """What one of the four answers leaves open: a word, what it is about, and how many."""

    question: str
    code: str
    about: list[str]
    n: int


class ReadinessOut(Schema):
    """Whether all four are answered in a version that holds; `is_newer`: answers wait for one."""

    is_ready: bool
    version: int | None
    is_newer: bool
    missing: list[Lack]


class HourOut(Schema):
    """One hour: the places in `shifts` of who owns it, and the minutes that nobody does."""

    shifts: list[int]
    open_minutes: int


class DayOut(Schema):
    """A day and its 24 hours. `is_single`: a calendar has hours of its own for it, as a holiday."""

    day: date
    is_single: bool
    hours: list[HourOut]


class GapOut(Schema):
    """A stretch without an owner, in minutes after midnight of its day; it ends by midnight."""

    day: date
    starts: int
    ends: int


class CoverageOut(Schema):
    """Every hour of a week with its owners, on the workspace's clock.

    `on_duty` are the places in `shifts` of those that own this moment.
    """

    monday: date
    time_zone: str
    open_hours: int
    gaps: list[GapOut]
    shifts: list[ShiftOut]
    days: list[DayOut]
    on_duty: list[int]


Version = Annotated[int | None, Query(ge=1, le=_HIGHEST, description="Else the one that holds.")]
AnyDay = Annotated[date | None, Query(description="Any day of the week; else this week.")]


@router.get("/playbook", response=PlaybookOut, summary="Get the playbook")
@needs("read")
def playbook(request: ApiRequest, version: Version = None) -> Any:
    """The version that holds, or another. 404: there is none."""
    place = request.auth.workspace_id
    current = latest(place)
    book = current if version is None else version_of(place, version)
    if book is None or current is None:
        raise not_found()
    return _book(book, is_current=book.version == current.version)


@router.get("/playbook/versions", response=list[VersionOut], summary="List the playbook's versions")
@needs("read")
def list_versions(request: ApiRequest) -> Any:
    """The latest hundred versions, the newest first."""
    return [_version(book) for book in versions(request.auth.workspace_id)]


@router.get("/playbook/readiness", response=ReadinessOut, summary="Say what is missing")
@needs("read")
def what_is_missing(request: ApiRequest) -> Any:
    """What going live warns of: what of the four answers is missing."""
    ready = readiness(request.auth.workspace)
    same = ("question", "code", "n")
    return {
        "is_ready": ready.is_ready,
        "version": ready.version,
        "is_newer": ready.is_newer,
        "missing": [
            {**{name: getattr(one, name) for name in same}, "about": list(one.about)}
            for one in ready.missing
        ],
    }


@router.get("/reports/coverage", response=CoverageOut, summary="Report who owns which hour")
@needs("read")
def coverage(request: ApiRequest, week: AnyDay = None) -> Any:
    """Who owns each hour of a week, holidays considered, and which have nobody."""
    here = standing(request.auth.workspace)
    monday = _monday(here, week)
    found, names = here.week(monday), here.names.stored()
    return {
        "monday": monday,
        "time_zone": request.auth.workspace.time_zone,
        "open_hours": found.open_hours,
        "gaps": [{"day": g.day, "starts": g.starts, "ends": g.ends} for g in found.gaps],
        "shifts": [_shift(one, names) for one in here.answers.rota],
        "days": _days(here, found),
        "on_duty": here.on_duty,
    }


def _monday(here: Standing, day: date | None) -> date:
    if day is None:
        return here.today
    if abs(day - here.today) >= FAR:
        raise Problem(422, "invalid", "week: within ten years of today.")
    return day - timedelta(days=day.weekday())


def _days(here: Standing, week: Week) -> list[dict[str, Any]]:
    days = [week.monday + timedelta(days=n) for n in range(7)]
    return [
        {
            "day": day,
            "is_single": any(day in single for single in here.exceptions.values()),
            "hours": [{"shifts": list(c.shifts), "open_minutes": c.open_minutes} for c in cells],
        }
        for day, cells in zip(days, week.cells, strict=True)
    ]


def _version(book: Playbook) -> dict[str, Any]:
    same = ("version", "made_at", "remark")
    return {**{name: getattr(book, name) for name in same}, "made_by": book.made_by_name}


def _book(book: Playbook, *, is_current: bool) -> dict[str, Any]:
    given, names = Answers.parse(book.answers), book.shown
    paths = {
        kind: {
            "words": path.words,
            "team": _named(path.team, names, "teams"),
            "promise": names.get("promises", {}).get(path.promise, ""),
            "replies": [names.get("replies", {}).get(one, "") for one in path.replies],
        }
        for kind, path in given.paths.items()
    }
    return {
        **_version(book),
        "is_current": is_current,
        "networks": given.networks,
        "elsewhere": given.elsewhere,
        "rota": [_shift(one, names) for one in given.rota],
        "paths": paths,
        "roles": given.roles,
    }


def _shift(shift: Shift, names: Names) -> dict[str, Any]:
    return {
        "days": list(shift.days),
        "starts": shift.starts,
        "ends": shift.ends,
        "team": _named(shift.team, names, "teams"),
        "person": _named(shift.person, names, "people"),
        "stands_in": _named(shift.backup, names, "people"),
        "calendar": names.get("calendars", {}).get(shift.calendar, ""),
    }


def _named(key: str, names: Names, kind: str) -> dict[str, str] | None:
    return {"id": key, "name": names.get(kind, {}).get(key, "")} if key else None
