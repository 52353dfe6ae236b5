"""The story of a file: attached, described, sent with the reply, taken back with it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from PIL import Image

from hearwell.accounts.services import create_workspace
from hearwell.channels.models import Channel, ChannelState
from hearwell.connect import failures, registry
from hearwell.connect.conformance_files import PNG
from hearwell.conversations.models import Draft, Message
from hearwell.inbox import attaching, media, reply
from hearwell.inbox.drafts import keep_draft
from hearwell.inbox.unsendable import CannotSend, Undescribed
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import sender
from hearwell.outbound.models import Delivery, File
from hearwell.outbound.queries import pending_replies, waiting_files
from hearwell.outbound.rules import State
from tests.domain.inbox.conftest import Care
from tests.harbour_wire import FilingWire
from tests.pictures import DEVICE, PLACE, photo, picture


@pytest.fixture
def wire(care: Care, monkeypatch: pytest.MonkeyPatch) -> Iterator[FilingWire]:
    """The network of the desk, now with pictures."""
    made = care.wire = FilingWire()
    monkeypatch.setitem(registry._connectors, "wire", made)
    return made


def attach(care: Care, key: UUID, name: str = "bag.png", body: bytes = PNG, alt: str = "") -> UUID:
    """Anna adds a file, described."""
    with care.inside():
        attaching.add_file(care.case_id, key, name, body, care.anna)
        keep_draft(care.case_id, "public", "", key=key, by=care.anna)
        file = File.objects.filter(key=key).latest("id")
        if alt:
            attaching.describe_files(care.case_id, key, {file.id: alt}, care.anna)
    return file.id


def queued(care: Care, **more: object) -> Delivery:
    """A reply with one described picture, queued."""
    key = uuid7()
    attach(care, key, alt="A blue bag")
    return care.send(care.reply(key=key, **more))


# --- the good way ----------------------------------------------------------------------------


def test_a_picture_goes_out_with_its_words_and_stands_in_the_case(
    care: Care, wire: FilingWire
) -> None:
    row = care.deliver(queued(care))
    assert row.state == State.SENT
    assert [(file.body, file.alt) for file in wire.handed] == [(PNG, "A blue bag")]
    assert wire.shown == [("h1",)]
    with care.inside():
        said = Message.objects.get(delivery_id=row.id)
        kept = media.kept(care.ws, said.id, 0)
    assert (said.media[0]["kind"], said.media[0]["alt"]) == ("image", "A blue bag")
    assert kept
    assert (kept.file.read(), kept.name) == (PNG, "bag.png")


def test_a_file_without_words_is_a_reply(care: Care, wire: FilingWire) -> None:
    care.deliver(queued(care, text=""))
    assert [post.text for post in wire.posts] == ["^AB"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_a_photo_was_taken_is_neither_kept_nor_sent(
    care: Care, wire: FilingWire, kind: str
) -> None:
    key = uuid7()
    body = photo(kind)
    assert PLACE.encode() in body
    file_id = attach(care, key, "home.jpg", body, alt="A blue bag")
    with care.inside():
        kept = bytes(File.objects.get(id=file_id).body)
    assert PLACE.encode() not in kept
    assert DEVICE.encode() not in kept
    care.deliver(care.send(care.reply(key=key)))
    assert [file.body for file in wire.handed] == [kept]
    assert dict(Image.open(io.BytesIO(kept)).getexif()) == {0x0112: 6}, "which way up it is"


def test_the_same_bytes_are_one_file(care: Care, wire: FilingWire) -> None:
    key = uuid7()
    attach(care, key)
    attach(care, key, name="again.png")
    with care.inside():
        assert [file.name for file in waiting_files(care.ws, key)] == ["bag.png"]


# --- what must be put right first -------------------------------------------------------------


def test_a_picture_without_a_description_is_asked_about_once(care: Care, wire: FilingWire) -> None:
    key = uuid7()
    attach(care, key)
    with pytest.raises(Undescribed):
        care.send(care.reply(key=key))
    care.deliver(care.send(care.reply(key=key, is_undescribed=True)))
    assert [file.alt for file in wire.handed] == [""]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("bag.png", b"%PDF-1.7", "does not take this kind of file"),
        ("bag.pdf", picture(side=900), "is too large for Wire"),
    ],
)
def test_what_the_network_does_not_take_is_said_and_nothing_is_lost(
    care: Care, wire: FilingWire, name: str, body: bytes, words: str
) -> None:
    key = uuid7()
    attach(care, key, name, body, alt="A bag")
    with pytest.raises(CannotSend, match=words):
        care.send(care.reply(key=key))
    with care.inside():
        assert waiting_files(care.ws, key)
        assert not Delivery.objects.exists()


def test_what_the_house_does_not_take(care: Care, wire: FilingWire) -> None:
    key = uuid7()
    with care.inside():
        for body, code in (
            (b"", "empty"),
            (b"x" * 25_000_001, "too_large"),
            (photo()[:200], "damaged"),
        ):
            with pytest.raises(CannotSend) as refused:
                attaching.add_file(care.case_id, key, "x", body, care.anna)
            assert refused.value.problems[0].code == code
        for number in range(10):
            attaching.add_file(care.case_id, key, "x", bytes([number]), care.anna)
        with pytest.raises(CannotSend, match="10 files"):
            attaching.add_file(care.case_id, key, "x", b"one more", care.anna)


def test_nothing_is_added_to_what_was_sent(care: Care, wire: FilingWire) -> None:
    row = queued(care)
    with pytest.raises(CannotSend, match="sent by now"):
        attach(care, row.key, body=picture(2))
    with care.inside(), pytest.raises(CannotSend):
        attaching.remove_file(care.case_id, row.key, UUID(row.draft["media"][0]["ref"]), care.anna)


def test_a_viewer_attaches_nothing(care: Care) -> None:
    with care.inside(), pytest.raises(reply.NotPermitted):
        attaching.add_file(care.case_id, uuid7(), "x", PNG, care.vera)


# --- taken back -------------------------------------------------------------------------------


def test_undo_gives_words_and_files_back(care: Care, wire: FilingWire) -> None:
    row = queued(care, undo_s=10)
    with care.inside():
        assert reply.undo(row.id, care.anna)
        draft = Draft.objects.get(case_id=care.case_id, user_id=care.anna.user_id)
        (file,) = waiting_files(care.ws, draft.key or uuid7())
        assert (draft.text, draft.has_files) == ("On our way.", True)
        assert (file.name, file.alt) == ("bag.png", "A blue bag")
        assert File.objects.count() == 1
    key = draft.key or uuid7()
    care.deliver(care.send(care.reply(key=key)))
    assert [file.alt for file in wire.handed] == ["A blue bag"]


def test_a_file_alone_comes_back_too(care: Care, wire: FilingWire) -> None:
    row = queued(care, undo_s=10, text="")
    with care.inside():
        assert reply.undo(row.id, care.anna)
        draft = Draft.objects.get(case_id=care.case_id, user_id=care.anna.user_id)
        assert waiting_files(care.ws, draft.key or uuid7())


def test_what_failed_shows_its_files_and_can_be_written_anew(care: Care, wire: FilingWire) -> None:
    wire.then(failures.MediaRejected())
    row = care.deliver(queued(care))
    with care.inside():
        (shown,) = pending_replies(care.ws, [row.lane_id])
        assert [file.name for file in shown.files] == ["bag.png"]
        for _ in range(2):
            assert reply.redraft(row.id, care.anna)
        draft = Draft.objects.get(case_id=care.case_id, user_id=care.anna.user_id)
        assert len(waiting_files(care.ws, draft.key or uuid7())) == 1
        assert File.objects.filter(delivery_id=row.id).count() == 1


# --- on the way -------------------------------------------------------------------------------


def test_a_picture_that_is_not_ready_is_waited_for_and_posted_once(
    care: Care, wire: FilingWire
) -> None:
    wire.slow = 3
    row = queued(care)
    states = []
    for _ in range(5):
        states.append(care.deliver(row).state)
        with care.inside():
            Delivery.objects.filter(state=State.QUEUED).update(not_before=now())
    assert states == ["queued", "queued", "sent", "sent", "sent"]
    assert (len(wire.handed), len(wire.posts)) == (1, 1)


@pytest.mark.parametrize(
    "trouble", [failures.OutcomeUnknown(), failures.Unavailable(), failures.ContractChanged()]
)
def test_a_doubtful_hand_over_is_no_doubtful_post(
    care: Care, wire: FilingWire, trouble: failures.Failure
) -> None:
    wire.trouble.append(trouble)
    row = care.deliver(queued(care))
    assert (row.state, wire.posts) == (State.QUEUED, [])
    with care.inside():
        Delivery.objects.update(not_before=now())
    assert care.deliver(row).state == State.SENT
    assert len(wire.posts) == 1


def test_what_was_handed_over_is_not_again_when_the_post_was_refused_for_now(
    care: Care, wire: FilingWire
) -> None:
    wire.then(failures.Throttled(None))
    row = care.deliver(queued(care))
    with care.inside():
        Delivery.objects.update(not_before=now())
    care.deliver(row)
    assert (len(wire.handed), wire.shown) == (1, [("h1",)])


def test_a_handle_grows_old(care: Care, wire: FilingWire) -> None:
    wire.then(failures.Throttled(None))
    row = care.deliver(queued(care))
    with care.inside():
        Delivery.objects.update(not_before=now())
        File.objects.update(handed_at=now() - timedelta(hours=1))
    care.deliver(row)
    assert wire.shown == [("h2",)]


def test_bytes_that_changed_are_not_posted(care: Care, wire: FilingWire) -> None:
    row = queued(care)
    with care.inside():
        File.objects.update(body=PNG + b"!")
    row = care.deliver(row)
    assert (row.state, wire.handed, wire.posts) == (State.FAILED, [], [])
    assert "not the one that was approved" in row.failure_message


def test_a_new_sign_in_hands_over_again(care: Care, wire: FilingWire) -> None:
    wire.trouble.append(failures.NeedsReauth())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sender, "renew_secrets", lambda _channel, account: replace(account))
        assert care.deliver(queued(care)).state == State.SENT
    assert wire.shown == [("h1",)]


def test_while_an_account_is_paused_nothing_is_handed_over(care: Care, wire: FilingWire) -> None:
    row = queued(care)
    with care.inside():
        Channel.objects.update(state=ChannelState.PAUSED)
    assert care.deliver(row).state == State.HELD
    assert (wire.handed, wire.posts) == ([], [])


# --- whose it is, and for how long --------------------------------------------------------------


def test_another_workspace_sees_nothing_of_it(care: Care, wire: FilingWire) -> None:
    file_id = attach(care, uuid7())
    other = create_workspace("Contoso")
    with scope(other.id):
        assert not File.objects.exists()
        assert media.sent_file(other.id, file_id) is None
        assert media.sent_file(care.ws, file_id) is None


def test_what_nobody_writes_any_more_goes(care: Care, wire: FilingWire) -> None:
    kept, lost = uuid7(), uuid7()
    attach(care, lost)
    attach(care, kept, body=picture(2))  # its draft took the other's place
    sent = queued(care)
    with care.inside():
        keep_draft(care.case_id, "public", "", key=kept, by=care.anna)
        File.objects.update(added_at=now() - timedelta(days=2))
    assert attaching.remove_unsent() == 1
    with care.inside():
        assert set(File.objects.values_list("key", flat=True)) == {kept, sent.key}


def test_what_must_be_purged_goes_with_its_files(care: Care, wire: FilingWire) -> None:
    row = care.deliver(queued(care))
    with care.inside():
        said = Message.objects.get(delivery_id=row.id)
    media.drop(care.ws, said.id)
    with care.inside():
        assert not File.objects.filter(delivery_id=row.id).exists()
