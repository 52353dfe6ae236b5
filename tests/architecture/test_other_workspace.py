"""Every address with an id of somebody else's workspace: not found, and nothing happens."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest
from django.urls import get_resolver

from hearwell.accounts.models import Membership
from hearwell.accounts.scoping import scope
from hearwell.conversations.models import Case
from tests.architecture.test_urls import example, is_foreign, patterns
from tests.factories import make_case, make_channel

pytestmark = pytest.mark.django_db
KNOWN = ("case_id", "channel_id", "membership_id")
# Absent or foreign must look the same; 422 is what is wrong before anything is looked up.
HIDDEN = {404, 405, 422}


def addresses_with_ids() -> list[tuple[str, str]]:
    """Return (address with a mark, name of the id) for every page about one thing of ours."""
    found = []
    for address, entry in patterns(get_resolver()):
        names = [name for name in entry.pattern.converters if name in KNOWN]
        if names and not is_foreign(entry.callback):
            found.append((address.replace(example_value(entry), "{id}"), names[0]))
    return found


def example_value(entry: object) -> str:
    text = example(entry)  # type: ignore[arg-type]
    return next(part for part in text.split("/") if part.startswith("00000000-"))


@pytest.fixture
def foreign_ids(workspace, other_workspace, charlie) -> Mapping[str, UUID]:
    """Things that exist, in the other workspace."""
    with scope(other_workspace.id):
        channel = make_channel(handle="ContosoRail")
        case = make_case("Our own business", channel)
        member = Membership.objects.create(
            user=charlie, workspace=other_workspace, role="owner", initials="CC"
        )
    return {"case_id": case.id, "channel_id": channel.id, "membership_id": member.id}


def state_of(case_id: UUID, workspace_id: UUID) -> tuple[object, ...]:
    with scope(workspace_id):
        row = Case.objects.filter(id=case_id).values_list().get()
    return tuple(row)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("address", "name"), addresses_with_ids())
def test_it_is_not_there(client, alice, other_workspace, foreign_ids, address, name, method):
    client.force_login(alice)
    before = state_of(foreign_ids["case_id"], other_workspace.id)
    response = getattr(client, method)(address.format(id=foreign_ids[name]))
    assert response.status_code in HIDDEN, response.headers
    assert "Our own business" not in response.content.decode()
    assert state_of(foreign_ids["case_id"], other_workspace.id) == before
