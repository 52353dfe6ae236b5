"""Files of a composer on the page: put there, shown, served, and nothing of anybody else's."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hearwell.connect.conformance_files import PNG
from hearwell.conversations.models import Draft
from hearwell.kit.ids import uuid7
from hearwell.outbound.models import File
from tests.factories import make_channel, make_message
from tests.pictures import picture

PART = {"Accept": "text/html; part=files"}


@pytest.fixture
def case_id(workspace: object) -> UUID:
    """A case on Harbour."""
    return make_message(channel=make_channel(network="sandbox")).case_id


def put(client: Client, case_id: UUID, under: UUID, *files: bytes, **more: object):
    given = [SimpleUploadedFile(f"bag-{n}.png", body) for n, body in enumerate(files)]
    fields = {"key": str(under), "audience": "public", "text": "Like this?", "files": given, **more}
    return client.post(f"/c/{case_id}/files/", fields, headers=PART)


def test_a_file_is_kept_with_what_was_written(agent: Client, case_id: UUID) -> None:
    key = uuid7()
    page = put(agent, case_id, key, PNG).content.decode()
    file = File.objects.get(key=key)
    assert f"/file/{file.id}/" in page
    assert "Describe this picture" in page
    draft = Draft.objects.get(case_id=case_id)
    assert (draft.key, draft.text, draft.has_files) == (key, "Like this?", True)
    whole = agent.get(f"/c/{case_id}/").content.decode()
    assert f"/file/{file.id}/" in whole
    assert str(key) in whole


def test_descriptions_are_kept_and_files_removed(agent: Client, case_id: UUID) -> None:
    key = uuid7()
    put(agent, case_id, key, PNG, picture(2))
    one, two = File.objects.filter(key=key).order_by("id")
    put(
        agent,
        case_id,
        key,
        **{f"alt-{one.id}": "A bag", "alt-nonsense": "x", "remove": str(two.id)},
    )
    assert list(File.objects.filter(key=key).values_list("alt", flat=True)) == ["A bag"]


def test_what_is_wrong_is_said_beside_what_is_right(agent: Client, case_id: UUID) -> None:
    page = put(agent, case_id, uuid7(), PNG, b"", b"%PDF-1.7").content.decode()
    assert "bag-1.png is empty" in page
    assert "Harbour does not take this kind of file: bag-2.png" in page
    assert page.count("going-file") == 2


def test_the_plain_form_comes_back_to_the_case(agent: Client, case_id: UUID) -> None:
    fields = {"key": str(uuid7()), "audience": "public", "text": "Hm"}
    answer = agent.post(f"/c/{case_id}/files/", fields)
    assert (answer.status_code, answer["Location"]) == (302, f"/c/{case_id}/?as=public")


def test_a_file_is_served_as_any_other(agent: Client, viewer: Client, case_id: UUID) -> None:
    put(agent, case_id, uuid7(), PNG, b"<svg onload=alert(1)>")
    picture, script = File.objects.order_by("id")
    shown = viewer.get(f"/file/{picture.id}/")
    assert (shown["Content-Type"], b"".join(shown)) == ("image/png", PNG)
    saved = viewer.get(f"/file/{script.id}/")
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert viewer.get(f"/file/{uuid7()}/").status_code == 404


def test_who_only_reads_attaches_nothing(viewer: Client, case_id: UUID) -> None:
    assert put(viewer, case_id, uuid7(), PNG).status_code == 403
    assert not File.objects.exists()


@pytest.mark.parametrize("change", [{"key": "x"}, {"audience": "all"}])
def test_a_broken_form_is_none(agent: Client, case_id: UUID, change: dict[str, str]) -> None:
    assert put(agent, case_id, uuid7(), PNG, **change).status_code == 404


def test_a_case_with_files_keeps_its_budget(agent: Client, case_id: UUID, budget) -> None:
    put(agent, case_id, uuid7(), PNG, picture(2), picture(3))
    agent.get(f"/c/{case_id}/")
    with budget(12):
        agent.get(f"/c/{case_id}/")
