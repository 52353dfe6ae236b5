"""A customer's data on the screen: who sees the page, what it says, what a press does."""

from __future__ import annotations

import io
import json
from zipfile import ZipFile

import pytest

from hearwell.accounts.scoping import scope
from hearwell.contacts.models import Contact
from hearwell.conversations.models import Case, Status
from hearwell.kit.ids import uuid7
from hearwell.privacy import services
from hearwell.privacy.models import Keeping
from tests.factories import make_case, make_channel


@pytest.fixture
def case(workspace):
    case = make_case("Where is my bag?", make_channel())
    Case.objects.update(status=Status.CLOSED)
    return case


def page(response) -> str:
    return " ".join(response.content.decode().split())


def url(case: Case, act: str = "") -> str:
    return f"/people/{case.contact_id}/data/{act}"


def state(case: Case) -> Contact:
    return Contact.objects.get(id=case.contact_id)


def test_the_page_says_what_is_held_what_goes_and_what_stays(owner, case):
    text = page(owner.get(url(case)))
    for words in ("lenavik_nw", "1 case", "What goes, for good", "What stays", "Export all of it"):
        assert words in text


def test_agents_neither_see_the_page_nor_its_link(agent, owner, case):
    for act in ("", "export/", "hold/", "erase/"):
        method = agent.post if act else agent.get
        assert method(url(case, act)).status_code == 403
    assert url(case) not in page(agent.get(f"/c/{case.id}/"))
    assert url(case) in page(owner.get(f"/c/{case.id}/"))


def test_foreign_people_are_like_absent_ones(owner, other_workspace):
    with scope(other_workspace.id):
        foreign = make_case("Ours", make_channel()).contact_id
    for act in ("", "export/", "hold/", "erase/"):
        method = owner.post if act else owner.get
        answers = [method(f"/people/{one}/data/{act}") for one in (foreign, uuid7())]
        assert [answer.status_code for answer in answers] == [404, 404]


def test_the_export_is_a_zip(owner, case):
    answer = owner.post(url(case, "export/"))
    assert answer["Content-Disposition"] == f'attachment; filename="customer-{case.contact_id}.zip"'
    assert answer["Cache-Control"] == "no-store"
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        told = json.loads(archive.read("customer.json"))
    assert told["tables"]["contacts_identity"][0]["handle"] == "lenavik_nw"
    assert told["tables"]["conversations_message"][0]["text"] == "Where is my bag?"


def test_a_hold_wants_a_reason_and_is_ended(owner, case):
    assert "Say why it is held" in page(owner.post(url(case, "hold/"), {"why": " "}, follow=True))
    assert state(case).hold_since is None
    text = page(owner.post(url(case, "hold/"), {"why": "Court case 12"}, follow=True))
    assert "Court case 12" in text
    assert "End the hold first" in text
    owner.post(url(case, "hold/"), {"do": "end"})
    assert state(case).hold_since is None


def test_to_erase_one_must_say_that_one_knows(owner, case):
    text = page(owner.post(url(case, "erase/"), follow=True))
    assert "cannot be undone; nothing was changed" in text
    assert state(case).erasing_since is None
    text = page(owner.post(url(case, "erase/"), {"sure": "yes"}, follow=True))
    assert "It is being erased" in text
    assert state(case).erasing_since is not None


def test_what_stands_against_it_is_said(owner, case):
    Case.objects.update(status=Status.OPEN)
    assert "Close it first" in page(owner.get(url(case)))
    assert "Close it first" in page(owner.post(url(case, "erase/"), {"sure": "yes"}, follow=True))


def test_afterwards_the_pages_say_so(owner, case, workspace, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    services.erase(workspace.id, case.contact_id)
    assert "was erased on" in page(owner.get(url(case)))
    text = page(owner.get(f"/c/{case.id}/"))
    assert "The text is no longer kept." in text
    assert "Lena" not in text
    assert "lenavik" not in page(owner.get("/inbox/q/closed/"))


def test_the_page_asks_little(owner, case, django_assert_max_num_queries):
    with django_assert_max_num_queries(28):  # three of them open, scope and close
        owner.get(url(case))


def test_how_long_is_chosen_in_the_settings(owner, agent, workspace):
    address = "/settings/kept-data/"
    assert agent.get(address).status_code == 403
    assert owner.post(address, {"months": "24"}, follow=True).status_code == 200
    assert Keeping.objects.get().months == 24
    wrong = owner.post(address, {"months": "soon"})
    assert wrong.status_code == 422
    assert "Write a whole number" in page(wrong)
    assert Keeping.objects.get().months == 24
    owner.post(address, {"months": ""})
    assert not Keeping.objects.exists()


def test_who_is_held_is_listed_there(owner, case):
    owner.post(url(case, "hold/"), {"why": "Court case 12"})
    text = page(owner.get("/settings/kept-data/"))
    assert "Court case 12" in text
    assert url(case) in text
