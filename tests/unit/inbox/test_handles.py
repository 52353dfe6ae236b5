"""Which account answers: the rules, against a second telling of them, on any mix of accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.channels.models import Channel
from hearwell.connect import registry
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import Account, Audience
from hearwell.inbox.handles import Handle, Why, chosen_among, handles_for
from tests.harbour_wire import MANIFEST, Wire

WS, NORTH, SOUTH = UUID(int=1), UUID(int=2), UUID(int=3)


class Square(Wire):
    """Any account may speak in a public thread, as far as it lives in the same town."""

    manifest: ClassVar[Manifest] = replace(MANIFEST, network="square", shares_threads=True)

    def place_of(self, account: Account) -> str:
        return account.settings.get("town", "")


class Booth(Wire):
    """Each account answers for itself."""

    manifest: ClassVar[Manifest] = replace(MANIFEST, network="booth")


@pytest.fixture(autouse=True, scope="module")
def _networks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registry._connectors, "square", Square())
        patch.setitem(registry._connectors, "booth", Booth())
        yield


def account(number: int, **facts: str) -> Channel:
    values = {
        "brand_id": NORTH,
        "network": "square",
        "purpose": "care",
        "state": "active",
        "settings": {"town": facts.pop("town", "x")},
        **facts,
    }
    return Channel(
        id=UUID(int=100 + number),
        workspace_id=WS,
        handle=f"a{number}",
        external_id=f"e{number}",
        connected_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number),
        **values,
    )


accounts = st.lists(
    st.fixed_dictionaries(
        {
            "brand_id": st.sampled_from([NORTH, SOUTH]),
            "network": st.sampled_from(["square", "booth", "gone"]),
            "purpose": st.sampled_from(["care", "brand", "both"]),
            "state": st.sampled_from(["active", "active", "paused", "read_only", "disconnected"]),
            "town": st.sampled_from(["x", "y"]),
        }
    ),
    min_size=1,
    max_size=7,
)


def first_words(addressed: Channel, audience: Audience, all_of_them: list[Channel]) -> Channel:
    """The rule once more, written as a list of sentences."""
    may_answer_for = [
        one
        for one in all_of_them
        if one.id != addressed.id
        and (one.brand_id, one.network, one.settings) == (
            addressed.brand_id, addressed.network, addressed.settings)
        and one.purpose != "brand" and one.state == "active"
    ]  # fmt: skip
    dedicated = [one for one in may_answer_for if one.purpose == "care"]
    stand_in = (dedicated or may_answer_for or [addressed])[0]
    if audience is Audience.PRIVATE or addressed.network != "square":
        return addressed
    if addressed.purpose == "brand" or addressed.state != "active":
        return stand_in
    return addressed


@given(accounts, st.data())
def test_no_mix_of_accounts_lets_the_wrong_one_speak(mix, data):
    everyone = [account(number, **facts) for number, facts in enumerate(mix)]
    addressed = data.draw(st.sampled_from(everyone))
    audience = data.draw(st.sampled_from(list(Audience)))
    found = handles_for(addressed, audience, everyone)
    assert found[0].channel is first_words(addressed, audience, everyone)
    for handle in found:
        speaker = handle.channel
        assert speaker.brand_id == addressed.brand_id
        assert speaker.network == addressed.network
        if speaker is not addressed:
            assert audience is Audience.PUBLIC
            assert speaker.network == "square"
            assert speaker.settings == addressed.settings
            assert (speaker.state, speaker.purpose != "brand") == ("active", True)
    assert len({handle.channel.id for handle in found}) == len(found)


def test_the_reason_is_told_and_the_other_may_be_chosen():
    brand, care = account(1, purpose="brand"), account(2)
    found = handles_for(brand, Audience.PUBLIC, [brand, care])
    assert [(one.channel, one.why) for one in found] == [(care, Why.FOR_CARE), (brand, Why.ASKED)]
    assert chosen_among(found, brand.id, lambda _: LookupError()) is found[1]
    assert chosen_among(found, None, lambda _: LookupError()) is found[0]


def test_one_that_may_not_speak_cannot_be_chosen():
    brand, care, stranger = account(1, purpose="brand"), account(2), account(3, brand_id=SOUTH)
    found = handles_for(brand, Audience.PUBLIC, [brand, care, stranger])
    told: list[Handle] = []

    def refuse(instead: Handle) -> Exception:
        told.append(instead)
        return LookupError()

    with pytest.raises(LookupError):
        chosen_among(found, stranger.id, refuse)
    assert told == [found[0]]
    private = handles_for(brand, Audience.PRIVATE, [brand, care])
    with pytest.raises(LookupError):
        chosen_among(private, care.id, refuse)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": "paused"}, Why.ALONE),
        ({"state": "disconnected"}, Why.ALONE),
        ({"brand_id": SOUTH}, Why.ALONE),
        ({"town": "y"}, Why.ALONE),
        ({"network": "booth"}, Why.ALONE),
        ({"purpose": "brand"}, Why.ALONE),
        ({"purpose": "both"}, Why.FOR_CARE),
    ],
)
def test_why_the_care_account_does_or_does_not_answer(change, why):
    brand, care = account(1, purpose="brand"), account(2, **change)
    assert handles_for(brand, Audience.PUBLIC, [brand, care])[0].why is why


def test_a_care_account_that_cannot_answer_has_a_stand_in():
    paused, care = account(1, state="paused"), account(2)
    found = handles_for(paused, Audience.PUBLIC, [paused, care])
    assert [(one.channel, one.why) for one in found] == [(care, Why.STANDS_IN)]
