"""What is worth offering on a post: told from its name and its root's alone."""

from __future__ import annotations

import pytest

from hearwell.connect.contract import Place
from hearwell.connect.model import Act, Audience
from hearwell.connectors.bluesky.fake import Fake

POST = "at://{}/app.bsky.feed.post/3kabc"
THEIRS = "did:plc:lena"


@pytest.mark.parametrize(
    ("act", "owner", "root", "is_offered"),
    [
        (Act.LIKE, "theirs", "", True),
        (Act.HIDE, "theirs", "ours", True),
        (Act.UNHIDE, "theirs", "ours", True),
        (Act.HIDE, "theirs", "theirs", False),
        (Act.HIDE, "theirs", "", False),
        (Act.DELETE, "ours", "theirs", True),
        (Act.DELETE, "theirs", "ours", False),
    ],
)
def test_only_below_ours_is_hidden_and_only_ours_deleted(
    act: Act, owner: str, root: str, is_offered: bool
) -> None:
    fake = Fake()
    names = {"ours": fake.account.external_id, "theirs": THEIRS}
    ref = POST.format(names[owner])
    above = POST.format(names[root]).replace("3kabc", "3kaaa") if root else ""
    place = Place(Audience.PUBLIC, above)
    assert fake.connector.may(fake.account, act, ref, place) is is_offered


def test_what_is_no_post_is_offered_nothing() -> None:
    fake = Fake()
    for act in Act:
        assert not fake.connector.may(fake.account, act, "item-1", Place(Audience.PUBLIC, "x"))
