"""An archive from the browser: sent, watched while it comes in, paused, and found again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.sight import RULES, axe
from tests.house import House
from tests.unit.reports.study import harbour_town as town

pytestmark = pytest.mark.slow
SLOWLY_MS = 60_000
ROWS = 12_000


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough to be watched, with two rows that cannot be used."""
    rows: list[town.Row] = [
        (n, f"p{n}", True, f"02 09:{n % 60:02d}:00", f"@WatchedAir where is bag {n}?", "")
        for n in range(ROWS)
    ]
    text = town.twcs([*rows, (99_999, "WatchedAir", False, "02 12:00:00", "@p1 here", 1)])
    return town.write(
        tmp_path_factory.mktemp("archive") / "watched.csv", text + "90,ann\n91,ann,True,never,x,,\n"
    )


def choose(page: Page, path: Path) -> None:
    page.goto("/settings/imports/")
    page.set_input_files("#id_file", str(path))
    page.get_by_role("button", name="Import", exact=True).click()


def archives_of(house: House) -> list[str]:
    """The archives on disk, the lists of rows that could not be used aside."""
    found = (path for path in (house.data / "imports").rglob("*") if path.is_file())
    return [path.name for path in found if path.suffix != ".csv"]


def test_an_archive_is_watched_paused_and_finished(page, live_house, archive):
    choose(page, archive)
    run = page.locator("#runs li").first
    expect(run).to_contain_text(re.compile(r"messages · .+ a second · .+ left"), timeout=SLOWLY_MS)
    run.get_by_role("button", name="Pause").click()
    expect(run).to_contain_text("Paused")
    assert len(archives_of(live_house)) == 1

    choose(page, archive)
    expect(page.locator("#known")).to_contain_text("This archive is already here.")
    assert len(archives_of(live_house)) == 1
    found = axe(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()

    run = page.locator("#runs li").first
    run.get_by_role("button", name="Go on").click()
    # Nobody reloads the page: it finds out by itself.
    expect(run).to_contain_text("Done", timeout=2 * SLOWLY_MS)
    expect(run).to_contain_text(f"{ROWS + 1:,} new messages")
    run.get_by_text("Why, and which").click()
    expect(run).to_contain_text("wrong number of fields")
    with page.expect_download() as download:
        run.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "watched.csv.rejects.csv"
    assert Path(download.value.path()).read_text().count("\n") == 3
    assert archives_of(live_house) == []


def test_what_is_no_archive_is_said_at_the_field_and_the_file_stays_chosen(page, tmp_path):
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"PK\x03\x04")
    choose(page, wrong)
    expect(page.locator("#id_file_error")).to_contain_text("This is a ZIP file.")
    field = page.locator("#id_file")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-describedby", "id_file_error")
    assert field.evaluate("input => input.files[0].name") == "wrong.zip"
    found = axe(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_it_works_all_the_same(browser: Browser, live_house: House, tmp_path: Path):
    context = browser.new_context(base_url=live_house.url, java_script_enabled=False)
    context.add_cookies(live_house.owner_cookies())  # type: ignore[arg-type]
    page = context.new_page()
    wrong = town.write(tmp_path / "plain.csv", "a,b\n1,2\n")
    choose(page, wrong)
    expect(page.locator("#id_file_error")).to_contain_text("no column tweet_id")
    choose(page, town.write(tmp_path / "plain.csv", town.twcs(town.ROWS)))
    for _ in range(60):
        if page.locator("#runs li").first.get_by_text("Done").count():
            break
        page.wait_for_timeout(500)
        look = page.get_by_role("link", name="Look again")
        look.click() if look.count() else page.goto("/settings/imports/")
    expect(page.locator("#runs li").first).to_contain_text("Done")
    context.close()
