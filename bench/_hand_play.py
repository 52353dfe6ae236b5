"""Play the recorded cases and count the keys."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any, Final

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from bench._hand_cases import CASES, SAVED, Recorded, Text
from bench._hands import Desk, Hands, StuckError, leave, tell
from tests.e2e.test_saved import publish

BAR_KEYS: Final = 6
LIST: Final = "/inbox/q/all/"
SOON_MS: Final = 20_000


def prepare(desk: Desk, cases: Sequence[Recorded] = CASES) -> dict[str, str]:
    """Have all customers write, and what their cases need be there; return case ids."""
    keys = {key for one in cases for key in one.keys}
    if "Shift+A" in keys:
        leave(desk.colleague("Bob Brown", "bob.brown@x.example"))
    if "m" in keys:
        desk.customer("Mats Moe", "Our booking NW-7QX3K is gone, what now?")
    for one in cases:
        desk.customer(one.customer, one.wrote, is_private=one.is_private)
    # Last comes who will be next when the others are done.
    desk.customer("Zoe Zander", "Is breakfast included?")
    context = desk.context()
    page = context.new_page()
    if SAVED in keys:
        _write_replies(page)
    page.goto(LIST)
    found = {one.customer: desk.case_of(page, one.customer) for one in cases}
    _hand_in(desk, page, [one for one in cases if one.handed_in], found)
    leave(context)
    return found


def _write_replies(page: Page) -> None:
    publish(page, "Delayed bags", "Hi {customer.first_name|there}, we trace your bag.")
    publish(page, "Thanks and bye", "Thank you, {customer.first_name|dear guest}!")
    page.goto("/settings/macros/")
    new = page.locator("section", has=page.get_by_role("heading", name="A new macro"))
    new.get_by_label("Name").fill("Thank and close")
    new.get_by_label("Saved reply").select_option(label="Thanks and bye")
    new.get_by_label("Labels").fill("thanked")
    new.get_by_label("Close").select_option("solved")
    new.get_by_role("button", name="Keep macro").click()


def _hand_in(desk: Desk, page: Page, cases: Sequence[Recorded], found: dict[str, str]) -> None:
    """Have somebody in training answer: their replies wait for a second person."""
    if not cases:
        return
    context = desk.colleague("Tia Trainee", "tia@x.example")
    page.goto("/settings/approval/")
    page.get_by_label("Whose replies").select_option(label="In training: Tia Trainee")
    page.get_by_role("button", name="Add").click()
    tia = context.new_page()
    for one in cases:
        tia.goto(f"/c/{found[one.customer]}/")
        tia.keyboard.press("r")
        tia.keyboard.type(one.handed_in)
        tia.keyboard.press("Control+Enter")
        expect(tia.locator("#thread")).to_contain_text("Waiting for approval", timeout=SOON_MS)
    leave(context)


def play(desk: Desk, hands: Hands, one: Recorded, case_id: str) -> dict[str, Any]:
    """Play a case; return how many keys it took and whether it was done."""
    page, hands.strokes = hands.page, 0
    page.goto(LIST)
    expect(page.locator("#live-mark")).to_have_text("Live", timeout=SOON_MS)
    page.locator(f'.case[data-case="{case_id}"]').focus()
    for key in one.keys:
        if isinstance(key, Text):
            hands.write(key)
        else:
            hands.press(key)
    missing = _missing(desk, page, one, case_id)
    keys = {"case": one.what, "keys": hands.strokes, "held_too": _fingers(one)}
    tell(f"  {hands.strokes}  {one.what}{': ' + missing if missing else ''}")
    return {**keys, "blocked": missing} if missing else keys


def _fingers(one: Recorded) -> int:
    """Count each key that goes down, those that are held as well."""
    return sum(1 + key.count("+") for key in one.keys if not isinstance(key, Text))


def _missing(desk: Desk, page: Page, one: Recorded, case_id: str) -> str:
    """Say what is not as it should be at the end, or nothing."""
    try:
        page.locator(f'#convo:visible:not([data-case="{case_id}"])').wait_for(timeout=SOON_MS)
    except PlaywrightTimeoutError:
        return f"the next case is not open at {page.url}"
    words = desk.read(f"/c/{case_id}/")
    lacking = [proof for proof in one.proof if proof not in words]
    return f"the case lacks {lacking}" if lacking else ""


def played(desk: Desk, cases: Sequence[Recorded] = CASES) -> dict[str, Any]:
    """Play the cases; return the figures."""
    found = prepare(desk, cases)
    context = desk.context()
    hands, results = Hands(context.new_page()), []
    for one in cases:
        try:
            results.append(play(desk, hands, one, found[one.customer]))
        except StuckError as stuck:
            results.append({"case": one.what, "keys": 0, "blocked": str(stuck)})
    leave(context)
    counts = [one["keys"] for one in results]
    blocked = sum("blocked" in one for one in results)
    return {
        "cases": results,
        "median_keys": statistics.median(counts),
        "most_keys": max(counts),
        "blocked": blocked,
        "bar": {"keys": BAR_KEYS, "is_met": max(counts) <= BAR_KEYS and not blocked},
    }
