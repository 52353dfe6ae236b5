"""Two accounts of a brand on Harbour: asked of the one, answered by the other, over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearwell.accounts.models import Workspace
from hearwell.channels.models import Channel
from hearwell.channels.services import connect_channel, opened_account
from hearwell.connect.model import InboundMessage
from hearwell.conversations.models import Case, Conversation, Message
from hearwell.inbox.composing import draft_for, target_in
from hearwell.inbox.handles import Why
from hearwell.inbox.intake import take_in
from hearwell.sandbox.models import Page, Post
from hearwell.sandbox.services import opening, speaking
from hearwell.sandbox.services.speaking import Words

if TYPE_CHECKING:
    from hearwell.connect.model import Account
    from tests.domain.sandbox.conftest import Harbour


def connected(harbour: Harbour) -> tuple[Channel, Account]:
    workspace = Workspace.objects.get(id=harbour.channel.workspace_id)
    keys = opening.make_keys(workspace, is_sister=True)
    found = harbour.connector.connect(
        {"base_url": keys.address, "access": keys.access, "refresh": keys.refresh}
    )
    channel = connect_channel(
        workspace_id=workspace.id,
        network="sandbox",
        handle=found.handle,
        external_id=found.external_id,
        brand="Northwind Air",
        settings=dict(found.settings),
        secrets=dict(found.secrets),
        scopes=found.scopes,
    )
    Channel.objects.filter(id=harbour.channel.id).update(purpose="brand")
    return channel, opened_account(channel)


def heard(harbour: Harbour, channel: Channel, account: Account, cursor: str) -> tuple[list, str]:
    page = harbour.connector.poll(account, "default", cursor)
    items = [i for raw in page.raws for i in harbour.connector.parse(raw)]
    said = [item for item in items if isinstance(item, InboundMessage)]
    return list(take_in(channel, said)) if said else [], page.cursor or cursor


def test_asked_of_the_brand_answered_by_care_in_one_case(harbour: Harbour) -> None:
    care, care_account = connected(harbour)
    brand = Channel.objects.get(id=harbour.channel.id)
    lena = speaking.join(harbour.page, "Lena Hoff")
    post = speaking.post(harbour.page, lena, Words("@northwindair where is my bag?"))
    (asked,), at_brand = heard(harbour, brand, harbour.account, "0")
    target = target_in(brand.workspace_id, asked.case_id, "public")
    assert (target.channel, target.why) == (care, Why.FOR_CARE)

    draft = draft_for(target, "It is on its way.", "AB")
    assert harbour.connector.preflight(care_account, draft, post.created_at) == []
    assert harbour.connector.identity(care_account) == draft.account == care.external_id
    sent = harbour.connector.send(care_account, draft, "key-1")
    stands = Post.objects.select_related("author").get(id=sent.external_id)
    assert (stands.author.handle, stands.parent_id) == ("northwindcare", post.id)

    # Both accounts are told of it, and neither takes it for a customer's word.
    fresh, at_care = heard(harbour, care, care_account, "0")
    also, at_brand = heard(harbour, brand, harbour.account, at_brand)
    assert (fresh, also) == ([], [])
    assert Message.objects.filter(direction="out").count() == 1
    assert Case.objects.get(id=asked.case_id).turn == "theirs"

    # Her next word, below what care said, reaches both and is one message of the same case.
    speaking.comment(harbour.page, lena, stands, Words("And when will it be here?"))
    (again,), _ = heard(harbour, care, care_account, at_care)
    assert heard(harbour, brand, harbour.account, at_brand)[0] == []
    assert again.case_id == asked.case_id
    assert Conversation.objects.count() == 1
    assert target_in(brand.workspace_id, asked.case_id, "public").channel == care


def test_the_second_account_is_told_of_its_own_and_takes_nothing_private(harbour: Harbour) -> None:
    care, care_account = connected(harbour)
    lena = speaking.join(harbour.page, "Lena Hoff")
    speaking.post(harbour.page, lena, Words("A fine day."))
    speaking.write(harbour.page, lena, Words("Only for the brand."))
    speaking.post(harbour.page, lena, Words("@northwindcare please help?"), on_page=False)
    (asked,), _ = heard(harbour, care, care_account, "0")
    assert asked.text == "@northwindcare please help?"
    assert target_in(care.workspace_id, asked.case_id, "public").channel == care
    private = Message.objects.filter(audience="private")
    brand = Channel.objects.get(id=harbour.channel.id)
    heard(harbour, brand, harbour.account, "0")
    target = target_in(care.workspace_id, private.get().case_id, "private")
    assert (target.channel.id, target.why) == (brand.id, Why.PRIVATE)
    assert Page.objects.count() == 2
