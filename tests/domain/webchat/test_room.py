"""The room behind the connector: the right visitor, once, and no claim that is not known."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from hearwell.channels.models import Channel, Endpoint
from hearwell.channels.services import connect_channel
from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.webchat import queries, services
from hearwell.webchat.models import File, Line, Visitor
from hearwell.webchat.room import HouseRoom
from hearwell.webchat.services import Identity
from hearwell.webchat.sweeps import sweep_stale

SITE = "www.northwind.example"
ROOM = HouseRoom()


@pytest.fixture
def channel(workspace) -> Channel:
    return connect_channel(
        workspace_id=workspace.id,
        network="webchat",
        handle=SITE,
        external_id=SITE,
        brand="Northwind",
        settings={"origins": f"https://{SITE}"},
    )


@pytest.fixture
def visitor(channel) -> Visitor:
    return services.arrive(channel.workspace_id, channel.id, None)


def test_an_answer_is_one_line_however_often_it_is_sent(visitor):
    sent = [ROOM.say(SITE, str(visitor.id), "key", "Hi") for _ in range(3)]
    assert sent[0] is not None
    assert sent == [sent[0]] * 3
    assert ROOM.find(SITE, str(visitor.id), "key") == sent[0]
    assert ROOM.find(SITE, str(visitor.id), "another") is None
    assert Line.objects.get().seq == 1


def test_answers_to_press_stand_beside_the_line(visitor):
    ROOM.say(SITE, str(visitor.id), "key", "Solved?", (), ("Yes", "No\0"))
    ROOM.say(SITE, str(visitor.id), "next", "Hi")
    asked, plain = (queries.line_shown(line) for line in Line.objects.order_by("seq"))
    assert asked["choices"] == ["Yes", "No\u2400"]
    assert plain["choices"] == []


def test_a_file_of_ours_is_in_the_line_and_that_visitor_s_alone(
    channel, visitor, tmp_path, settings
):
    settings.MEDIA_ROOT = tmp_path
    form = Attachment("application/pdf", "form.pdf", 8, body=b"%PDF-1.7")
    sent = [ROOM.say(SITE, str(visitor.id), "key", "", [form]) for _ in range(2)]
    assert sent[0] == sent[1]
    (shown,) = queries.line_shown(Line.objects.get())["files"]
    assert (shown["name"], shown["mime"], shown["size"]) == ("form.pdf", "application/pdf", 8)
    assert ROOM.file(SITE, str(visitor.id), shown["id"]) == b"%PDF-1.7"
    other = services.arrive(channel.workspace_id, channel.id, None)
    assert ROOM.file(SITE, str(other.id), shown["id"]) is None
    File.objects.update(at=now() - timedelta(days=9))
    sweep_stale()
    assert File.objects.count() == 1


def test_a_file_of_ours_takes_no_room_of_the_visitor_s_and_is_none_they_sent(
    channel, visitor, tmp_path, settings
):
    settings.MEDIA_ROOT = tmp_path
    place = (channel.workspace_id, visitor.id)
    theirs = services.keep_file(*place, "tag.pdf", "application/pdf", b"%PDF")
    form = Attachment("application/pdf", "form.pdf", 8, body=b"%PDF-1.7")
    ROOM.say(SITE, str(visitor.id), "key", "", [form])
    assert queries.bytes_kept(*place) == (4, 4)
    ours = File.objects.get(name="form.pdf")
    entered = services.write_in(*place, "mine", "Look", [ours.id, theirs.id])
    assert [one["name"] for one in entered.line.files] == ["tag.pdf"]


@pytest.mark.parametrize("who", ["", "x", "7f0e2a54-5f0f-4b1a-9c57-1d2e3f405162"])
def test_nobody_is_answered_nowhere(visitor, who):
    assert ROOM.say(SITE, who, "key", "Hi") is None
    assert ROOM.say("www.contoso.example", str(visitor.id), "key", "Hi") is None
    assert ROOM.find("www.contoso.example", str(visitor.id), "key") is None
    assert ROOM.file(SITE, who, str(uuid4())) is None
    assert not Line.objects.exists()


def test_a_key_of_the_visitor_s_own_is_no_answer_of_ours(channel, visitor):
    services.write_in(channel.workspace_id, visitor.id, "key", "Hello?")
    assert ROOM.find(SITE, str(visitor.id), "key") is None
    assert ROOM.say(SITE, str(visitor.id), "key", "Hi") is not None
    assert [line.seq for line in queries.newest_lines(channel.workspace_id, visitor.id)] == [1, 2]


def test_an_interrupted_commit_is_not_taken_for_a_failure(visitor, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(services, "write_out", broken)
    with pytest.raises(failures.OutcomeUnknown):
        ROOM.say(SITE, str(visitor.id), "key", "Hi")


def test_before_anything_was_written_nothing_was_done(visitor, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(queries, "home_of", broken)
    for act in (
        lambda: ROOM.say(SITE, str(visitor.id), "key", "Hi"),
        lambda: ROOM.find(SITE, str(visitor.id), "key"),
    ):
        with pytest.raises(failures.Unavailable):
            act()


def test_the_site_s_word_stands_above_the_visitor_s(channel):
    who = Identity("7", "Lena Vik", "lena@example.com")
    lena = services.arrive(channel.workspace_id, channel.id, who)
    assert not services.introduce(lena, name="Mallory", email="evil@example.com")
    again = services.arrive(channel.workspace_id, channel.id, Identity("7"))
    assert (again.id, again.name, again.email) == (lena.id, "Lena Vik", "lena@example.com")
    # An address that the site has not given may be left; a name may not be changed.
    duarte = services.arrive(channel.workspace_id, channel.id, Identity("8", "Duarte Reis"))
    assert services.introduce(duarte, name="Mallory", email="d@example.com")
    duarte.refresh_from_db()
    assert (duarte.name, duarte.email) == ("Duarte Reis", "d@example.com")


def test_what_was_never_sent_is_swept_with_its_bytes_and_nothing_else(channel, visitor):
    ours = channel.workspace_id
    kept = services.keep_file(ours, visitor.id, "a.txt", "text/plain", b"kept")
    services.write_in(ours, visitor.id, "key", "", [kept.id])
    stray = services.keep_file(ours, visitor.id, "b.txt", "text/plain", b"stray")
    services.arrive(ours, channel.id, None)
    old = now() - timedelta(days=3)
    Visitor.objects.update(seen_at=old)
    File.objects.update(at=old)
    assert sweep_stale() == 2
    assert list(File.objects.values_list("id", flat=True)) == [kept.id]
    assert Visitor.objects.get() == visitor
    assert default_storage.exists(kept.place)
    assert not default_storage.exists(stray.place)
    assert ROOM.file(SITE, str(visitor.id), str(kept.id)) == b"kept"


@pytest.mark.usefixtures("as_app_role")
def test_the_web_process_sees_one_workspace_and_may_ask_for_a_site(
    channel, visitor, other_workspace
):
    token = Endpoint.objects.get(id=channel.endpoint_id).token
    row = queries.site_at(token)
    assert row is not None
    assert (row.site, row.workspace_id) == (SITE, channel.workspace_id)
    assert queries.site_at("another") is None
    with scope(other_workspace.id):
        assert not Visitor.objects.exists()
