"""Pictures on Harbour: what it takes, where they stand, and who may see them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.connect.conformance_files import PNG
from hearwell.connect.model import Audience, Author, Draft, InboundMessage, Media, Sent
from hearwell.sandbox.models import DirectMessage, Picture, Post
from hearwell.sandbox.services import speaking
from hearwell.sandbox.services.speaking import Words

if TYPE_CHECKING:
    from hearwell.sandbox.models import Profile
    from tests.domain.sandbox.conftest import Harbour

BAG = Attachment("image/png", "bag.png", len(PNG), "A blue bag", body=PNG)


@pytest.fixture
def lena(harbour: Harbour) -> Profile:
    """A customer."""
    return speaking.join(harbour.page, "Lena Hoff")


def handed(harbour: Harbour, file: Attachment = BAG) -> Attachment:
    told = harbour.connector.upload(harbour.account, file)
    return replace(file, handle=told.handle, body=b"")


def answer(harbour: Harbour, post: Post, *files: Attachment, text: str = "Look") -> Draft:
    return Draft(
        text=text,
        audience=Audience.PUBLIC,
        account=harbour.account.external_id,
        parent_id=str(post.id),
        media=files,
    )


def test_a_picture_stands_in_public_and_comes_back_in_the_echo(
    harbour: Harbour, lena: Profile, client: Client
) -> None:
    post = speaking.post(harbour.page, lena, Words("Which one?"))
    draft = answer(harbour, post, handed(harbour), text="")
    sent = harbour.connector.send(harbour.account, draft, "key-1")
    assert isinstance(sent, Sent)
    picture = Picture.objects.get()
    url = f"/sandbox/{harbour.page.address}/picture/{picture.id}/"
    shown = client.get(url)
    assert (shown.content, shown["Content-Type"]) == (PNG, "image/png")
    page = client.get(f"/sandbox/{harbour.page.address}/p/{post.id}/").content.decode()
    assert f'src="{url}"' in page
    assert 'alt="A blue bag"' in page
    polled = harbour.connector.poll(harbour.account, "default", None)
    items = [item for raw in polled.raws for item in harbour.connector.parse(raw)]
    echo = next(one for one in items if isinstance(one, InboundMessage) and one.is_echo)
    assert [(one.kind, one.alt) for one in echo.media] == [("image", "A blue bag")]
    assert isinstance(echo.media[0], Media)
    assert echo.media[0].url.endswith(url)


def test_a_private_picture_is_theirs_alone(harbour: Harbour, lena: Profile) -> None:
    speaking.write(harbour.page, lena, Words("Send it to me"))
    draft = Draft(
        text="Here",
        audience=Audience.PRIVATE,
        account=harbour.account.external_id,
        to=Author(str(lena.id)),
        media=(handed(harbour),),
    )
    harbour.connector.send(harbour.account, draft, "key-1")
    assert DirectMessage.objects.get(is_from_brand=True).pictures[0]["alt"] == "A blue bag"
    url = f"/sandbox/{harbour.page.address}/picture/{Picture.objects.get().id}/"
    people = {}
    for name in ("Lena Hoff", "Mallory"):
        people[name] = Client()
        profile = speaking.join(harbour.page, name, handle="" if name == "Mallory" else lena.handle)
        join = {"profile": str(profile.id)}
        people[name].post(f"/sandbox/{harbour.page.address}/join/now/", join)
    assert people["Lena Hoff"].get(url).status_code == 200
    assert people["Mallory"].get(url).status_code == 404
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    "file",
    [
        replace(BAG, body=b"<svg onload=alert(1)>"),
        replace(BAG, body=b"%PDF-1.7"),
        replace(BAG, body=PNG + b"x" * 2_000_000),
        replace(BAG, alt="x" * 1001),
    ],
)
def test_what_harbour_does_not_take(harbour: Harbour, file: Attachment) -> None:
    with pytest.raises(failures.MediaRejected):
        harbour.connector.upload(harbour.account, file)
    assert not Picture.objects.exists()


def test_what_is_shown_already_is_not_shown_twice(harbour: Harbour, lena: Profile) -> None:
    post = speaking.post(harbour.page, lena, Words("Which one?"))
    picture = handed(harbour)
    harbour.connector.send(harbour.account, answer(harbour, post, picture), "key-1")
    with pytest.raises(failures.MediaRejected):
        harbour.connector.send(harbour.account, answer(harbour, post, picture), "key-2")


@pytest.mark.parametrize("ids", ["x", ["x"] * 5, ["0199a000-0000-7000-8000-000000000001"], {}])
def test_strange_lists_of_pictures_are_refused(
    harbour: Harbour, lena: Profile, client: Client, ids: object
) -> None:
    post = speaking.post(harbour.page, lena, Words("Which one?"))
    body = {"text": "Look", "in_reply_to": str(post.id), "media_ids": ids}
    answered = client.post(
        f"/sandbox/api/{harbour.page.address}/comments",
        json.dumps(body),
        content_type="application/json",
        headers={"authorization": f"Bearer {harbour.account.secrets['access']}"},
    )
    assert answered.status_code in {404, 422}
    assert Post.objects.count() == 1
