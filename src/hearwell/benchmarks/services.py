"""What is done to panels: made, changed, removed, and each of it taken back. Audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.benchmarks.models import Panel
from hearwell.benchmarks.records import Kind, is_watched, kind_of
from hearwell.benchmarks.rules import LONGEST_NAME, MOST_BRANDS, Brand
from hearwell.channels.queries import channels_by_id
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.reports.relation import ARCHIVE

MOST_PANELS: Final = 30
LONGEST_INDUSTRY: Final = 60


class BadPanelError(Exception):
    """It cannot be so; the text says why, for the person."""


class ChangedSinceError(Exception):
    """Somebody else has changed it since it was looked at; nothing was done."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a panel is to be."""

    name: str
    industry: str
    brands: tuple[Brand, ...] = ()


@transaction.atomic
def make_panel(workspace_id: UUID, wish: Wish, *, by: User) -> Panel:
    """Make a panel. Raises BadPanelError."""
    if Panel.objects.filter(workspace_id=workspace_id, is_removed=False).count() >= MOST_PANELS:
        _refuse(_("At most %(most)s panels.") % {"most": MOST_PANELS})
    values = _checked(workspace_id, wish)
    made = Panel.objects.create(workspace_id=workspace_id, by_id=by.id, **values)
    _audit(made, "benchmark.made", by, after=values)
    return made


@transaction.atomic
def change_panel(workspace_id: UUID, panel_id: UUID, wish: Wish, *, seen: int, by: User) -> Panel:
    """Change a panel that was seen at that version.

    Raises Panel.DoesNotExist, BadPanelError, ChangedSinceError; then nothing is changed.
    """
    one = _locked(workspace_id, panel_id, seen)
    values = _checked(workspace_id, wish)
    before = {name: getattr(one, name) for name in values}
    if values != before:
        _keep(one, values, before, by)
        _audit(one, "benchmark.changed", by, before=before, after=values)
    return one


@transaction.atomic
def remove_panel(workspace_id: UUID, panel_id: UUID, *, seen: int, by: User) -> Panel:
    """Remove a panel; it can be brought back. Raises Panel.DoesNotExist, ChangedSinceError."""
    one = _locked(workspace_id, panel_id, seen)
    _keep(one, {"is_removed": True}, {"is_removed": False}, by)
    _audit(one, "benchmark.removed", by)
    return one


@transaction.atomic
def undo_change(workspace_id: UUID, panel_id: UUID, *, seen: int, by: User) -> Panel:
    """Take the last change back, once. Raises Panel.DoesNotExist, ChangedSinceError.

    Without anything to take back it is as if it had been changed since.
    """
    one = _locked(workspace_id, panel_id, seen, is_removed=None)
    before: dict[str, Any] = one.before
    if not before:
        raise ChangedSinceError
    now_so = {name: getattr(one, name) for name in before}
    _keep(one, before, {}, by)
    _audit(one, "benchmark.undone", by, before=now_so, after=before)
    return one


@transaction.atomic
def join_brand(
    workspace_id: UUID, panel_id: UUID, name: str, channel_id: UUID, *, by: User
) -> Panel | None:
    """Give a panel an account of a brand, which is a new one where none has that name.

    Joined already, or no such panel: nothing is done, and None returned. Raises BadPanelError.
    """
    one = Panel.objects.select_for_update().filter(workspace_id=workspace_id, id=panel_id).first()
    wanted = str(channel_id)
    if one is None or any(wanted in brand.channel_ids for brand in one.members):
        return None
    known = {brand.name.casefold(): brand for brand in one.members}
    found = known.get(name.casefold())
    if found is not None and not found.is_own and _is_watched(workspace_id, found):
        joined = replace(found, channel_ids=(*found.channel_ids, wanted))
        brands = [joined if brand is found else brand for brand in one.members]
    else:
        brands = [*one.members, Brand(_free(name, known), (wanted,))]
    _rebrand(one, brands, by)
    return one


@transaction.atomic
def leave_panels(workspace_id: UUID, channel_id: UUID, *, by: User) -> list[tuple[str, str]]:
    """Take an account out of all panels; returns (panel id, brand) for who brings it back."""
    left: list[tuple[str, str]] = []
    gone = str(channel_id)
    rows = Panel.objects.select_for_update().filter(workspace_id=workspace_id, is_removed=False)
    for one in rows.order_by("id"):
        having = [brand for brand in one.members if gone in brand.channel_ids]
        if having:
            left += [(str(one.id), brand.name) for brand in having]
            _rebrand(one, _without(one.members, gone), by)
    return left


def _without(brands: list[Brand], gone: str) -> list[Brand]:
    bare = [
        replace(one, channel_ids=tuple(each for each in one.channel_ids if each != gone))
        for one in brands
    ]
    return [one for one in bare if one.channel_ids]


def _rebrand(one: Panel, brands: list[Brand], by: User) -> None:
    if len(brands) > MOST_BRANDS:
        _refuse(_("At most %(most)s brands in a panel.") % {"most": MOST_BRANDS})
    values, before = {"brands": [brand.stored for brand in brands]}, {"brands": one.brands}
    # What a person may take back with one press is what they did themselves.
    _keep(one, values, {}, by)
    _audit(one, "benchmark.changed", by, before=before, after=values)


def _is_watched(workspace_id: UUID, brand: Brand) -> bool:
    known = channels_by_id(workspace_id, [UUID(one) for one in brand.channel_ids])
    return kind_of(brand, known) is Kind.WATCHED


def _free(name: str, known: Mapping[str, Brand]) -> str:
    """Return the name, with a number where the panel has it already."""
    name = name[: LONGEST_NAME - 5]
    tries = [name, *(f"{name} {n}" for n in range(2, MOST_BRANDS + 2))]
    return next(one for one in tries if one.casefold() not in known)


def _refuse(message: str) -> NoReturn:
    raise BadPanelError(message)


def _locked(
    workspace_id: UUID, panel_id: UUID, seen: int, *, is_removed: bool | None = False
) -> Panel:
    one = Panel.objects.select_for_update().get(workspace_id=workspace_id, id=panel_id)
    if is_removed is not None and one.is_removed != is_removed:
        raise Panel.DoesNotExist
    if one.version != seen:
        raise ChangedSinceError
    return one


def _keep(one: Panel, values: Mapping[str, Any], before: Mapping[str, Any], by: User) -> None:
    for name, value in values.items():
        setattr(one, name, value)
    one.before, one.by_id, one.changed_at = dict(before), by.id, now()
    one.version += 1
    one.save()


def _checked(workspace_id: UUID, wish: Wish) -> dict[str, Any]:
    brands = [_brand(one) for one in wish.brands]
    if len(brands) > MOST_BRANDS:
        _refuse(_("At most %(most)s brands in a panel.") % {"most": MOST_BRANDS})
    if len({one.name.casefold() for one in brands}) < len(brands):
        _refuse(_("Two brands have the same name."))
    if sum(one.is_own for one in brands) > 1:
        _refuse(_("Only one brand can be our own."))
    _check_accounts(workspace_id, brands)
    return {
        "name": _line(wish.name, LONGEST_NAME, _("The panel needs a name.")),
        "industry": _line(wish.industry, LONGEST_INDUSTRY, _("Say which industry it is.")),
        "brands": [one.stored for one in brands],
    }


def _brand(one: Brand) -> Brand:
    name = _line(one.name, LONGEST_NAME, _("Every brand needs a name."))
    ids = tuple(dict.fromkeys(one.channel_ids))
    if not ids:
        _refuse(_("Choose at least one account for %(name)s.") % {"name": name})
    return replace(one, name=name, channel_ids=ids)


def _check_accounts(workspace_id: UUID, brands: list[Brand]) -> None:
    """Accounts that are gone may stay: a panel says so; strangers' and mixed ones may not."""
    ids = {UUID(one) for brand in brands for one in brand.channel_ids}
    known = channels_by_id(workspace_id, ids)
    for brand in brands:
        found = [known[UUID(one)] for one in brand.channel_ids if UUID(one) in known]
        if not found:
            _refuse(_("Choose at least one account for %(name)s.") % {"name": brand.name})
        if len({one.network == ARCHIVE for one in found}) > 1:
            message = _(
                "%(name)s has accounts from archives and connected ones. Make two brands of it: "
                "an archive ends on its last day, a connected account today."
            )
            _refuse(message % {"name": brand.name})
        if len({is_watched(one) for one in found}) > 1:
            message = _(
                "%(name)s has accounts that are watched and others from archives. Make two brands "
                "of it: an archive ends on its last day, a watched account goes on."
            )
            _refuse(message % {"name": brand.name})


def _line(text: str, most: int, otherwise: str) -> str:
    said = " ".join(clean(text)[0].split())
    if not said:
        _refuse(otherwise)
    if len(said) > most:
        _refuse(_("At most %(most)s letters.") % {"most": most})
    return said


def _audit(one: Panel, verb: str, by: User, **what: Any) -> None:
    record_audit(one.workspace_id, [AuditEntry(verb, by, "panel", one.id, one.name, **what)])
