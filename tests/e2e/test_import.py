"""A real import in a real house, killed for real."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.house import House
from tests.unit.reports.study import harbour_town as town

THREADS = 1_500
pytestmark = pytest.mark.slow


def long_archive(path: Path) -> Path:
    """Three thousand messages of one brand, question and answer in turn."""
    rows: list[town.Row] = []
    for number in range(1, 2 * THREADS, 2):
        minute = number % 50
        rows += [
            (number, f"p{number}", True, f"02 09:{minute:02d}:00", "@KilledAir where is it?", ""),
            (number + 1, "KilledAir", False, f"02 10:{minute:02d}:00", "@p Here", number),
        ]
    return town.write(path, town.twcs(rows))


def killed_half_way(house: House, path: Path) -> None:
    """Start the import and kill it with -9 as soon as a batch is in."""
    process = subprocess.Popen(
        [*house.command, "import", str(path)],
        env=house.environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr
    with process.stderr as lines:
        line = next((line for line in lines if "taken in" in line), "")
        process.kill()
    process.wait()
    assert line, "nothing was taken in"


def test_an_import_killed_half_way_goes_on_and_a_second_one_adds_nothing(live_house, tmp_path):
    live_house.owner()  # somebody must have set up a workspace
    path = long_archive(tmp_path / "killed.csv")
    killed_half_way(live_house, path)

    resumed = live_house.run("import", str(path))
    assert resumed.returncode == 0, resumed.stderr
    went_on = re.search(r"Going on after ([\d,]+) of 3,000 messages", resumed.stdout)
    assert went_on, resumed.stdout
    assert 0 < int(went_on[1].replace(",", "")) < 3_000
    assert "3,000 messages are new." in resumed.stdout

    again = live_house.run("import", str(path))
    assert "0 messages are new, 3,000 were known." in again.stdout


def test_mistakes_are_answered_in_one_line(live_house, tmp_path):
    live_house.owner()
    result = live_house.run("import", str(town.write(tmp_path / "a.csv", "a,b\n1,2\n")))
    assert result.returncode == 1
    assert result.stderr.startswith("Error: a.csv: Its first line has no column tweet_id")
    assert "Traceback" not in result.stderr
    result = live_house.run("import", str(tmp_path / "a.csv"), "--workspace", "nobody")
    assert result.stderr == "Error: There is no workspace 'nobody'.\n"
