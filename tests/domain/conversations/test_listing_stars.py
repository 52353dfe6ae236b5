"""Stars of a review in the list, and a list of those with so many stars."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hearwell.conversations.listing import CaseFilter, filter_from, matches
from hearwell.conversations.paging import case_list
from tests.factories import make_channel, make_item, receive

pytestmark = pytest.mark.usefixtures("workspace")


def test_a_list_shows_stars_and_can_be_filtered_by_them() -> None:
    channel = make_channel()
    receive(channel, [replace(make_item("Slow"), rating=2)])

    def listed(stars: int) -> list[int | None]:
        wanted = CaseFilter(queue="all", stars=stars)
        return [row.rating for row in case_list(channel.workspace_id, wanted).rows]

    assert (listed(0), listed(2), listed(5)) == ([2], [2], [])
    (row,) = case_list(channel.workspace_id, CaseFilter(queue="all")).rows
    assert matches(CaseFilter(queue="all", stars=2), row, None)
    assert not matches(CaseFilter(queue="all", stars=5), row, None)


def test_stars_that_make_no_sense_are_left_out() -> None:
    assert filter_from({"stars": "4"}, None).stars == 4
    assert filter_from({"stars": "6"}, None).stars == 0
    assert filter_from({"stars": "²"}, None).stars == 0
