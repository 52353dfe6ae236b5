"""The examination of the connector on a fresh fake Instagram with one comment on it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Author, Draft, Raw
from hearwell.connect.subject import Count, ErrorCase
from hearwell.connectors.instagram.connector import InstagramConnector
from hearwell.connectors.instagram.fake_network import ACCOUNT, LENA, NAME, PAGE, Network
from hearwell.connectors.meta.fake_pages import TalkingFake


class Fake(TalkingFake):
    """Northwind's account, and Lena who lost a bag."""

    connector: InstagramConnector
    network: Network
    stream: ClassVar[str] = "media"
    message: ClassVar[str] = "aWdf1"
    lena: ClassVar[str] = LENA["id"]
    window_closed: ClassVar[int] = 2534022

    def __init__(self) -> None:
        self.network = Network()
        self.connector = InstagramConnector(self.network.client)
        account = Account(
            external_id=ACCOUNT,
            handle=NAME,
            settings={"way": "facebook", "app_id": self.network.app.id, "page_id": PAGE},
            secrets={"token": self.network.page_token, "app_secret": self.network.app.secret},
        )
        super().__init__(account)
        self.first = self.network.customer_says("My bag stayed in Lisbon")

    def story(self) -> list[Raw]:
        """A message, one in answer to it, ours; the second is unsent."""
        network = Network()
        first = network.customer_says("Where is my bag?", private=True)
        gone = network.customer_says("Anyone?", private=True, to=first)
        account = replace(self.account, secrets={"token": network.page_token})
        InstagramConnector(network.client).send(account, self.private(), "key-0")
        network.deletes(gone)
        return self.told_by(network)

    def draft(self, **changes: Any) -> Draft:
        """A public answer to the first comment."""
        draft = Draft(
            text="We have found it.",
            audience=Audience.PUBLIC,
            account=ACCOUNT,
            thread_key=self.first,
            parent_id=self.first,
            to=Author(LENA["id"], LENA["username"]),
            initials="AB",
        )
        return replace(draft, **changes)

    def errors(self) -> list[ErrorCase]:
        """Every error that matters, and every way a line can break."""
        return [
            *super().errors(),
            ErrorCase("gone", partial(self.say, thread_key="1790999"), failures.TargetGone),
            ErrorCase("too long", partial(self.say, "x" * 2201), failures.Refused),
        ]

    def counts(self) -> list[Count]:
        """UTF-16 units in public, bytes in private, by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PUBLIC, "👨‍👩‍👧‍👦", 11),
            Count(Audience.PRIVATE, "👨‍👩‍👧‍👦", 25),
            Count(Audience.PRIVATE, "Grüße", 7),
        ]
