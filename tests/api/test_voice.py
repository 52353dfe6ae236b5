"""Our own voice for programs: counts, posts with what decided, a class said and taken back."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.api.conftest import program_of
from tests.domain.voice.test_posts import SALE, post
from tests.factories import make_channel

pytestmark = pytest.mark.django_db


def test_a_program_reads_counts_and_says_what_a_post_is(workspace, bob, frozen):
    program, channel = program_of(workspace, bob), make_channel()
    sale = post(channel, SALE)
    found = program.get("/voice").json()
    assert (found["by_account"][0]["promotion"], found["figures"][0]["n"]) == (1, 1)
    (one,) = program.get("/voice/posts?class=promotion").json()
    assert (one["class"], one["corrected"], one["is_coupon"]) == ("promotion", "", True)
    assert {"class": "promotion", "word": "shop now"} in one["words"]
    at = f"/voice/posts/{sale.id}/class"
    assert program("PUT", at, {"class": "care"}).json()["class"] == "care"
    assert program.get("/voice").json()["by_account"][0]["care"] == 1
    assert program("PUT", at, {"class": "unsure"}).status_code == 422
    assert (
        program("PUT", at.replace(str(sale.id), str(uuid4())), {"class": "care"}).status_code == 404
    )
    assert program.post(f"{at}/undo").json()["class"] == ""
    assert program.post(f"{at}/undo").status_code == 409


def test_a_program_reads_who_hears_us_and_the_audit(workspace, bob, frozen):
    program, channel = program_of(workspace, bob), make_channel()
    people = program.get("/voice/people").json()
    assert people["not_told"] == [str(channel.id)]
    assert (people["loyalty"]["value"], people["wishes"]) == (None, [])
    audit = program.get("/voice/together").json()
    assert audit["of"] == sum(one["holds"] != "nothing" for one in audit["items"])
    assert program.get("/voice?first=2026-03-02&last=2026-03-01").status_code == 422
