"""Films and sounds: handed over, waited for, posted by themselves; what a server takes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.connect.conformance_files import MP4, PNG
from hearwell.connect.model import Sent
from hearwell.connectors.mastodon.fake import Fake
from hearwell.connectors.mastodon.fake_files import BROKEN
from hearwell.connectors.mastodon.fake_server import Status

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FILM = Attachment("video/mp4", "bag.mp4", len(MP4), body=MP4)
SOUND = Attachment("audio/mpeg", "bag.mp3", 9)
PICTURE = Attachment("image/png", "bag.png", 9, "A bag")


def answer(fake: Fake, status: Status, **changes: Any) -> Status:
    """What stands on the server after an answer to a status."""
    sent = fake.connector.send(fake.account, fake.draft(status, **changes), "key-1")
    assert isinstance(sent, Sent)
    return fake.server.statuses[sent.external_id]


def problems(fake: Fake, **changes: Any) -> list[str]:
    found = fake.connector.preflight(fake.account, fake.draft(**changes), NOW)
    return [problem.code for problem in found]


def prepared(fake: Fake, file: Attachment) -> tuple[Attachment, int]:
    """A film that the server has made ready, and how often we asked."""
    told, asked = fake.connector.upload(fake.account, file), 0
    while told.check_after is not None and asked < 5:
        told, asked = fake.connector.prepared(fake.account, told.handle), asked + 1
    return replace(file, handle=told.handle), asked


def test_a_film_is_waited_for_and_goes_out(fake: Fake) -> None:
    fake.server.files.is_slow = False  # pictures are ready at once, films never
    picture, asked = prepared(fake, replace(PICTURE, body=PNG, size=len(PNG)))
    assert asked == 0
    film, asked = prepared(fake, FILM)
    assert asked == 2
    posted = answer(fake, fake.first, media=(film,))
    assert [one["type"] for one in posted.media] == ["video"]
    assert fake.shown() == [(MP4, "")]
    # What our rule lets through the server takes; what it stops the server refuses.
    both = fake.draft(media=(picture, film))
    with pytest.raises(failures.Refused):
        fake.connector.send(fake.account, both, "key-2")


def test_a_film_or_a_sound_goes_by_itself(fake: Fake) -> None:
    for media in ((FILM,), (SOUND,), (PICTURE,) * 4):
        assert problems(fake, media=media) == [], media
    for media in ((FILM, PICTURE), (FILM, FILM), (SOUND, FILM), (PICTURE, SOUND)):
        assert "media_rejected" in problems(fake, media=media), media
    found = fake.connector.preflight(fake.account, fake.draft(media=(FILM, PICTURE)), NOW)
    assert [one.message for one in found] == [
        "Mastodon takes a film only by itself. Send the other files apart."
    ]


def test_a_post_with_a_film_that_is_not_ready_is_refused_by_the_server(fake: Fake) -> None:
    told = fake.connector.upload(fake.account, FILM)
    assert told.check_after is not None
    with pytest.raises(failures.Refused):
        answer(fake, fake.first, media=(replace(FILM, handle=told.handle),))


def test_a_film_that_cannot_be_prepared_is_unfit(fake: Fake) -> None:
    body = MP4 + BROKEN
    told = fake.connector.upload(fake.account, replace(FILM, body=body, size=len(body)))
    with pytest.raises(failures.MediaRejected):
        fake.connector.prepared(fake.account, told.handle)


def test_a_file_that_the_server_does_not_take_is_unfit(fake: Fake) -> None:
    with pytest.raises(failures.MediaRejected):
        fake.connector.upload(fake.account, replace(FILM, body=b"%PDF-1.7"))


@pytest.mark.parametrize(
    ("settings", "media", "is_taken"),
    [
        ({"types": "image/png video/mp4"}, FILM, True),
        ({"types": "image/png video/mp4"}, SOUND, False),
        ({"types": "image/png image/avif"}, replace(PICTURE, mime="image/avif"), True),
        ({"types": "image/png"}, replace(PICTURE, mime="image/gif"), False),
        ({"types": ""}, FILM, True),  # connected before it was asked
        ({"types": "", "software": "takahe"}, FILM, False),
        ({"types": "", "software": "takahe"}, PICTURE, True),
        ({"film_bytes": "8"}, SOUND, False),
        ({"film_bytes": "9"}, SOUND, True),
    ],
)
def test_a_server_says_what_it_takes(
    fake: Fake, settings: dict[str, str], media: Attachment, is_taken: bool
) -> None:
    account = replace(fake.account, settings={**fake.account.settings, **settings})
    found = fake.connector.preflight(account, fake.draft(media=(media,)), NOW)
    assert (not found) is is_taken, found


def test_takahe_shows_pictures_alone() -> None:
    fake = Fake("takahe")
    assert "video/mp4" not in fake.account.settings["types"]
    assert problems(fake, media=(FILM,)) == ["media_rejected"]
