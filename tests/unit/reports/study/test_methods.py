"""Every method against values worked out by hand on one small archive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hearwell.reports.study.figures import Figures
from hearwell.reports.study.methods import ALL, METHODS, compose
from hearwell.reports.study.study import Study
from tests.unit.reports.study import harbour_town as town

DAYS = 86_400.0


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "archive.csv"
    return Study(town.write(path, town.twcs(town.ROWS)))


def figures(study: Study, method: str) -> dict[str, Figures]:
    return {one.brand: one for one in study.figures(METHODS[method])}


def counts(one: Figures) -> tuple[int, int, int, int]:
    return one.inbound, one.needs_reply, one.answered, one.waiting


def test_the_eight_methods_are_named_and_versioned():
    assert list(METHODS) == [
        "hearwell",
        "simply-measured",
        "socially-devoted",
        "quintly",
        "sprout-72h",
        "facebook-page",
        "conversocial",
        "any-reply",
    ]
    assert all(method.version >= 1 and method.definition for method in ALL)


def test_simply_measured(study):
    found = figures(study, "simply-measured")
    northwind, skerry = found["NorthwindAir"], found["SkerryJet"]
    # Named in 1, 3 (in other case), 4, 5 (by another brand), 6 (a retweet), 8, 10, 11.
    # Not in 7, whose handle only begins like ours, and 15 names nobody.
    # Replied to: 1 after 600 s, 8 after 26 h, 11 after 1,800 s.
    assert counts(northwind) == (8, 7, 3, 4)
    assert northwind.response_rate == pytest.approx(3 / 7)
    times = northwind.first_response_s
    assert (times.n, times.median, times.p90, times.mean) == (3, 1_800, 75_240, 32_000)
    assert northwind.within == pytest.approx({"15m": 1 / 7, "1h": 2 / 7, "8h": 2 / 7, "24h": 2 / 7})
    # 4 counts for both handles: Skerry answered it after 2 h, and 13 after nine days.
    assert counts(skerry) == (2, 2, 2, 0)
    times = skerry.first_response_s
    assert (times.median, times.p90, times.mean) == (392_400, 700_560, 392_400)


def test_socially_devoted(study):
    found = figures(study, "socially-devoted")
    # Questions: 1, 4, 8 and 15, which replies to us without naming us. Answered: 1 and 8.
    assert counts(found["NorthwindAir"]) == (9, 4, 2, 2)
    times = found["NorthwindAir"].first_response_s
    assert (times.median, times.p90, times.mean) == (47_100, 84_300, 47_100)
    assert counts(found["SkerryJet"]) == (2, 2, 2, 0)


def test_quintly(study):
    found = figures(study, "quintly")
    # Mentions with a question mark: 1, 4, 8.
    assert counts(found["NorthwindAir"]) == (8, 3, 2, 1)
    # The reply to 4 names two accounts and does not count; the one to 13 took over seven days:
    # no answer, but nobody waits either.
    assert counts(found["SkerryJet"]) == (2, 2, 0, 1)
    assert found["SkerryJet"].first_response_s.median is None


def test_a_lone_at_sign_is_no_account_that_a_reply_names(tmp_path):
    rows: list[town.Row] = [
        (1, "ann", True, "02 09:00:00", "@Page where is it?", ""),
        (2, "Page", False, "02 09:10:00", "@ann come in @ noon", 1),
    ]
    study = Study(town.write(tmp_path / "page.csv", town.twcs(rows)))
    assert counts(figures(study, "quintly")["Page"]) == (1, 1, 1, 0)


def test_sprout_72h(study):
    found = figures(study, "sprout-72h")
    # Judged to need a reply: 1, 4, 8, 10, 11, 15. Not 3 (one word), 5 (13 characters), 6 (retweet).
    # Replied to within 72 h: 1, 8, 11.
    assert counts(found["NorthwindAir"]) == (9, 6, 3, 3)
    assert found["NorthwindAir"].first_response_s.p90 == 75_240
    assert counts(found["SkerryJet"]) == (2, 2, 1, 0)


def test_facebook_page(study):
    found = figures(study, "facebook-page")
    # First messages after a day of silence: 1, 4, 5, 8, 10, 15 (3 and 11 follow on, 6 is a
    # retweet). Answered: 1 after 600 s, 8 after 26 h, and 10 through the reply to 11.
    assert counts(found["NorthwindAir"]) == (9, 6, 3, 3)
    times = found["NorthwindAir"].first_response_s
    assert (times.median, times.mean) == (2_100, pytest.approx(32_100))


def test_conversocial(study):
    found = figures(study, "conversocial")
    # Every mention, the retweet too. 10 is answered through the reply to 11; ann's thanks (3)
    # came after the last word to her.
    assert counts(found["NorthwindAir"]) == (8, 8, 4, 4)
    times = found["NorthwindAir"].first_response_s
    assert (times.median, times.mean) == (1_950, 24_525)


def test_any_reply(study):
    found = figures(study, "any-reply")
    # All mentions, 15 which replies to us, and 16 which we answered though it never named us.
    assert counts(found["NorthwindAir"]) == (10, 10, 4, 6)
    assert found["NorthwindAir"].first_response_s.median == 1_200


def test_hearwell(study):
    found = figures(study, "hearwell")
    # Needing a reply as in sprout-72h. 8 was answered too late to count, but is not waiting;
    # 10 is answered through the reply to 11.
    northwind = found["NorthwindAir"]
    assert counts(northwind) == (9, 6, 3, 2)
    times = northwind.first_response_s
    assert (times.median, times.p90, times.mean) == (1_800, 2_040, 1_500)
    assert northwind.within["24h"] == northwind.response_rate == 0.5
    assert counts(found["SkerryJet"]) == (2, 2, 1, 0)


def test_a_page_counts_only_the_first_message_after_a_day_of_silence(tmp_path):
    rows: list[town.Row] = [
        (1, "ann", True, "02 09:00:00", "@Page one", ""),
        (2, "Page", False, "02 09:01:00", "@ann yes", 1),
        (3, "ann", True, "03 08:59:59", "@Page within a day", ""),
        (4, "ann", True, "04 10:00:00", "@Page a day later", ""),
        (5, "Page", False, "04 10:10:00", "@ann yes", 4),
        # Nine hours after our word to her, though a day and more after her own.
        (6, "Page", False, "05 09:00:00", "@ann one thing more", 4),
        (7, "ann", True, "05 18:00:00", "@Page all right", ""),
    ]
    study = Study(town.write(tmp_path / "page.csv", town.twcs(rows)))
    assert counts(figures(study, "facebook-page")["Page"]) == (4, 2, 2, 0)


def test_a_page_counts_30_days_or_its_last_ten_messages(tmp_path):
    # Quiet was written to 12 times before the last 30 days and 3 times in them; busy 5 and 11.
    lines, number = "", 0
    for brand, days in (
        ("Quiet", [*range(1, 13), 70, 75, 80]),
        ("Busy", [*range(1, 6), *range(60, 71)]),
    ):
        lines += town.line(f"{brand} hello", brand, False, "00:00:00")
        for day in days:
            number += 1
            at = (datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=day)).isoformat()
            asked = town.line(f"{number}", f"p{number}", True, "", "is it open", brand=brand)
            answered = town.line(f"{number}a", brand, False, "", "yes", in_reply_to=f"{number}")
            lines += (asked + answered).replace("2026-03-02TZ", at)
    study = Study(town.write(tmp_path / "page.jsonl", lines))
    found = figures(study, "facebook-page")
    assert counts(found["Quiet"]) == (15, 10, 10, 0)
    assert counts(found["Busy"]) == (16, 11, 11, 0)


def test_the_page_mean_leaves_out_the_slowest_tenth(tmp_path):
    rows: list[town.Row] = []
    for number in range(10):
        rows += [
            (2 * number + 1, f"c{number}", True, "02 09:00:00", "@Page hello there", ""),
            (2 * number + 2, "Page", False, f"02 09:0{number}:10", "@c hi", 2 * number + 1),
        ]
    study = Study(town.write(tmp_path / "page.csv", town.twcs(rows)))
    times = figures(study, "facebook-page")["Page"].first_response_s
    # 10, 70, … 550 s: the mean of the nine fastest is 250; of all ten it would be 280.
    assert (times.n, times.mean) == (10, 250)


def test_automatic_replies_are_no_answer_to_us(tmp_path):
    reply = {"brand": "Page", "in_reply_to": "1"}
    lines = (
        town.line("1", "ann", True, "09:00:00", "is anyone there?", brand="Page")
        + town.line("2", "robot", False, "09:00:01", "soon", automatic=True, **reply)
        + town.line("3", "Mara", False, "09:30:00", "yes", **reply)
    )
    study = Study(town.write(tmp_path / "page.jsonl", lines))
    assert figures(study, "hearwell")["Page"].first_response_s.median == 1_800
    assert figures(study, "facebook-page")["Page"].first_response_s.median == 1_800
    assert figures(study, "any-reply")["Page"].first_response_s.median == 1


def test_a_question_over_all_brands_is_asked_of_the_same_judgements(study):
    by_brand = figures(study, "simply-measured").values()
    total = study.total(METHODS["simply-measured"])
    assert total.needs_reply == sum(one.needs_reply for one in by_brand)
    assert total.answered == sum(one.answered for one in by_brand)
    spread = study.spread(METHODS["simply-measured"])
    assert sum(spread.values()) == total.needs_reply
    assert spread["to_15m"] == 1  # 600 s
    assert spread["longer"] == 2  # 26 h and nine days
    days = study.days(METHODS["simply-measured"])
    assert [(str(at.date()), needed, answered) for at, needed, answered in days] == [
        ("2026-03-02", 9, 5)
    ]


def test_a_statement_can_bring_its_own_relation():
    statement = compose(METHODS["hearwell"], "summary", scope="select 1", relation="select 2")
    assert statement.startswith(
        "with study_message as (\nselect 2\n),\nstudy_scope as (\nselect 1\n)"
    )
