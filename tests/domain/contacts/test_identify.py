"""Who somebody is on each network."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hearwell.accounts.models import User, Workspace
from hearwell.connect.model import Author
from hearwell.contacts import queries, services
from hearwell.contacts.models import Contact, Identity
from hearwell.kit.scope import scope

LENA = Author("lena", "lenavik_nw", "Lena Vik")


def test_a_person_is_made_once(workspace: Workspace) -> None:
    first = services.identify(workspace.id, "sandbox", [LENA, LENA])
    again = services.identify(workspace.id, "sandbox", [LENA])

    assert first["lena"].id == again["lena"].id
    assert (Contact.objects.get().name, Identity.objects.count()) == ("Lena Vik", 1)


def test_a_name_follows_the_network_and_is_never_emptied(workspace: Workspace) -> None:
    services.identify(workspace.id, "sandbox", [LENA])

    services.identify(workspace.id, "sandbox", [Author("lena", "lena_new", "")])

    identity = Identity.objects.get()
    assert (identity.handle, identity.name) == ("lena_new", "Lena Vik")


def test_networks_keep_their_own_people(workspace: Workspace) -> None:
    services.identify(workspace.id, "sandbox", [LENA])
    services.identify(workspace.id, "mail", [LENA])

    assert Contact.objects.count() == 2


def test_a_person_without_a_name_is_called_by_the_handle(workspace: Workspace) -> None:
    found = services.identify(workspace.id, "sandbox", [Author("x", "sky.pilgrim"), Author("y")])

    assert str(found["x"]) == Contact.objects.get(id=found["x"].contact_id).name == "sky.pilgrim"
    assert str(found["y"]) == "y"


def test_what_cannot_be_stored_is_replaced(workspace: Workspace) -> None:
    author = Author("a\x00", "h\ud800", "n\x00")

    found = services.identify(workspace.id, "sandbox", [author])

    assert (found["a\x00"].external_id, found["a\x00"].name) == ("a␀", "n␀")


@pytest.mark.parametrize("size", [1, 500])
def test_a_batch_costs_a_few_statements(workspace: Workspace, size: int) -> None:
    authors = [Author(str(n), f"h{n}", f"N {n}") for n in range(size)]
    for expected in (3, 1):
        with CaptureQueriesContext(connection) as captured:
            services.identify(workspace.id, "sandbox", authors)
        assert len(captured) == expected
    renamed = [Author(str(n), f"new{n}", "") for n in range(size)]
    with CaptureQueriesContext(connection) as captured:
        services.identify(workspace.id, "sandbox", renamed)
    assert len(captured) == 2


def test_notes_are_counted(workspace: Workspace, bob: User) -> None:
    contact_id = services.identify(workspace.id, "sandbox", [LENA])["lena"].contact_id
    first = services.add_note(workspace.id, contact_id, bob.id, "Prefers messages to calls")
    services.add_note(workspace.id, contact_id, bob.id, "Travels with Signe")
    services.remove_note(workspace.id, first.id)
    services.remove_note(workspace.id, first.id)

    contact = queries.contact_by_id(workspace.id, contact_id)
    assert contact is not None
    assert contact.note_count == 1
    assert [note.text for note in queries.notes_of(workspace.id, contact_id)] == [
        "Travels with Signe"
    ]


def test_the_team_may_correct_a_name(workspace: Workspace) -> None:
    identity = services.identify(workspace.id, "sandbox", [LENA])["lena"]

    services.rename(workspace.id, identity.contact_id, name="Lena M. Vik", language="nb")
    services.identify(workspace.id, "sandbox", [LENA])

    assert str(Contact.objects.get()) == "Lena M. Vik"
    assert [i.id for i in queries.identities_of(workspace.id, identity.contact_id)] == [identity.id]


@pytest.mark.usefixtures("as_app_role")
def test_another_workspace_has_its_own_people(
    workspace: Workspace, other_workspace: Workspace
) -> None:
    ours = services.identify(workspace.id, "sandbox", [LENA])["lena"]
    with scope(other_workspace.id):
        theirs = services.identify(other_workspace.id, "sandbox", [LENA])["lena"]
        assert not Identity.objects.filter(id=ours.id).exists()
    assert ours.id != theirs.id
