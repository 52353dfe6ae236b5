"""The page of the digest: one's own wish, kept, changed and ended."""

from __future__ import annotations

import pytest

from hearwell.notifications.models import Digest

WISH = {"every": "week", "hour": "7", "time_zone": "Asia/Tokyo", "has_team": "1"}


def test_a_wish_is_kept_changed_and_ended(owner, budget):
    with budget(15):
        assert "no mail server yet" in owner.get("/me/digest/").content.decode()
    owner.post("/me/digest/", WISH)
    kept = Digest.objects.get()
    assert (kept.every, kept.hour, kept.time_zone, kept.has_team) == ("week", 7, "Asia/Tokyo", True)
    owner.post("/me/digest/", {**WISH, "every": "day"})
    assert Digest.objects.get().every == "day"
    owner.post("/me/digest/", {**WISH, "every": ""})
    assert not Digest.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"hour": "25"}, {"hour": "x"}, {"hour": "٧"}, {"time_zone": "Mars"}, {"every": "now"}]
)
def test_what_is_no_wish_is_refused(owner, wrong):
    answer = owner.post("/me/digest/", {**WISH, **wrong})
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert not Digest.objects.exists()


def test_it_is_said_where_the_mail_goes_when_there_is_a_server(owner, settings):
    settings.HEARWELL_HAS_MAIL = True
    page = owner.get("/me/digest/").content.decode()
    assert "alice@example.com" in page
    assert "no mail server yet" not in page
