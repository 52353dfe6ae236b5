"""What an owner has customers asked: made, turned on, paused, changed, and put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, NoReturn
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.surveys.items import ITEMS, MOST_ITEMS
from hearwell.surveys.models import Survey, SurveyState
from hearwell.surveys.queries import has_anybody
from hearwell.surveys.rules import (
    DAILY_QUOTA,
    DELAY_MIN,
    LONGEST_COOL_OFF_DAYS,
    LONGEST_DELAY_MIN,
    MOST_A_DAY,
    SHARE,
    SURVEY_COOL_OFF_DAYS,
)
from hearwell.surveys.services.choosing import BadChoiceError

MOST_SURVEYS: Final = 30
LONGEST_NAME: Final = 80
# Nobody is asked weekly, and never after every close.
LEAST_COOL_OFF_DAYS: Final = 7
MOST_SHARE: Final = 80
_LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    "share": (1, MOST_SHARE),
    "cool_off_days": (LEAST_COOL_OFF_DAYS, LONGEST_COOL_OFF_DAYS),
    "daily_quota": (1, MOST_A_DAY),
    "delay_min": (0, LONGEST_DELAY_MIN),
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a survey is to be; the fields are those of `Survey`."""

    name: str = ""
    items: tuple[str, ...] = ()
    channel_ids: frozenset[UUID] = frozenset()
    kinds: frozenset[str] = field(default_factory=frozenset)
    share: int = SHARE
    cool_off_days: int = SURVEY_COOL_OFF_DAYS
    daily_quota: int = DAILY_QUOTA
    delay_min: int = DELAY_MIN
    has_unanswered: bool = False


@transaction.atomic
def make_survey(workspace_id: UUID, wish: Wish, *, by: User) -> Survey:
    """Make a survey that asks nobody yet. Raises BadChoiceError."""
    if Survey.objects.filter(workspace_id=workspace_id).count() >= MOST_SURVEYS:
        _refuse("name", _("At most %(most)s surveys.") % {"most": MOST_SURVEYS})
    values = _checked(workspace_id, wish)
    made = Survey.objects.create(workspace_id=workspace_id, by_id=by.id, **values)
    _audit(made, "surveys.made", by, after=values)
    return made


@transaction.atomic
def change_survey(workspace_id: UUID, survey_id: UUID, wish: Wish, *, by: User) -> Survey:
    """Change a survey. Raises Survey.DoesNotExist, BadChoiceError with nothing changed.

    Its questions stay as they are once anybody was asked: their answers would be of two surveys.
    """
    one = _locked(workspace_id, survey_id)
    values = _checked(workspace_id, wish)
    if values["items"] != one.items and has_anybody(workspace_id, survey_id):
        message = _("Customers have been asked already. Make another survey for other questions.")
        _refuse("items", message)
    before = {name: getattr(one, name) for name in values}
    if values != before:
        _keep(one, values, before, by)
        _audit(one, "surveys.changed", by, before=before, after=values)
    return one


@transaction.atomic
def switch_survey(workspace_id: UUID, survey_id: UUID, state: SurveyState, *, by: User) -> Survey:
    """Turn a survey on or pause it. Raises Survey.DoesNotExist, BadChoiceError."""
    one = _locked(workspace_id, survey_id)
    if state == SurveyState.ON and not one.channel_ids:
        _refuse("channel", _("Choose an account first: it would ask nobody."))
    if state != one.state:
        before = {"state": one.state}
        _keep(one, {"state": state.value}, before, by)
        _audit(one, "surveys.switched", by, before=before, after={"state": state.value})
    return one


@transaction.atomic
def undo_change(workspace_id: UUID, survey_id: UUID, *, by: User) -> bool:
    """Put the last change back, once; False where there is none. Raises Survey.DoesNotExist."""
    one = _locked(workspace_id, survey_id)
    before: dict[str, Any] = one.before
    if not before or (before.get("items", one.items) != one.items and has_anybody(
        workspace_id, survey_id
    )):  # fmt: skip
        return False
    now_so = {name: getattr(one, name) for name in before}
    _keep(one, before, {}, by)
    _audit(one, "surveys.undone", by, before=now_so, after=before)
    return True


def _refuse(field_name: str, message: str) -> NoReturn:
    raise BadChoiceError(field_name, message)


def _locked(workspace_id: UUID, survey_id: UUID) -> Survey:
    found = Survey.objects.select_for_update()
    return found.get(workspace_id=workspace_id, id=survey_id)


def _keep(one: Survey, values: Mapping[str, Any], before: Mapping[str, Any], by: User) -> None:
    for name, value in values.items():
        setattr(one, name, value)
    one.before, one.by_id, one.changed_at = dict(before), by.id, now()
    one.save()


def _checked(workspace_id: UUID, wish: Wish) -> dict[str, Any]:
    name = clean(wish.name)[0].strip()
    if not name or len(name) > LONGEST_NAME:
        message = _("From 1 to %(most)s letters.") % {"most": LONGEST_NAME}
        _refuse("name", message)
    known = all(key in ITEMS for key in wish.items) and len(set(wish.items)) == len(wish.items)
    if not known or not 1 <= len(wish.items) <= MOST_ITEMS:
        message = _("Choose one to %(most)s different questions.") % {"most": MOST_ITEMS}
        _refuse("items", message)
    for limited, (least, most) in _LIMITS.items():
        if not least <= getattr(wish, limited) <= most:
            message = _("From %(least)s to %(most)s.") % {"least": least, "most": most}
            _refuse(limited, message)
    ours = Channel.objects.filter(workspace_id=workspace_id, id__in=wish.channel_ids)
    return {
        **asdict(wish),
        "name": name,
        "items": list(wish.items),
        "channel_ids": sorted(str(one) for one in ours.values_list("id", flat=True)),
        "kinds": sorted(wish.kinds),
    }


def _audit(one: Survey, verb: str, by: User, **what: Any) -> None:
    entry = AuditEntry(verb, by, "survey", one.id, one.name, **what)
    record_audit(one.workspace_id, [entry])
