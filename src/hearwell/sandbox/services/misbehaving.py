"""Misbehave on request: each fault is used up by one call, so that tests know what they get."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import cast

from hearwell.sandbox.models import Faults, Page


class Fault(StrEnum):
    """What happens to a call that writes."""

    THROTTLE = "throttle"
    FAIL_BEFORE = "fail_before"
    FAIL_AFTER = "fail_after"
    HANG_AFTER = "hang_after"


COUNTED = tuple(fault.value for fault in Fault)
SWITCHES = ("duplicate", "reorder")
MOST = 50
MOST_DELAY_S = 120


def take_fault(page: Page) -> Fault | None:
    """The fault that is next, one less of it left; None if the network is to behave."""
    faults = Faults.objects.select_for_update().get(page=page)
    for fault in Fault:
        left = cast("int", getattr(faults, fault.value))
        if left:
            setattr(faults, fault.value, left - 1)
            faults.save(update_fields=[fault.value])
            return fault
    return None


def set_faults(page: Page, wanted: Mapping[str, int]) -> Faults:
    """Set the faults named in ``wanted``; the others stay. Numbers are kept within reason."""
    faults = Faults.objects.select_for_update().get(page=page)
    for name in COUNTED:
        if name in wanted:
            setattr(faults, name, min(max(wanted[name], 0), MOST))
    for name in SWITCHES:
        if name in wanted:
            setattr(faults, name, bool(wanted[name]))
    if "delay_s" in wanted:
        faults.delay_s = min(max(wanted["delay_s"], 0), MOST_DELAY_S)
    faults.save()
    return faults


def set_ways(page: Page, *, has_webhook: bool, has_stream: bool) -> None:
    """Choose how the page tells what happens; the poll is always there."""
    Page.objects.filter(id=page.id).update(has_webhook=has_webhook, has_stream=has_stream)
