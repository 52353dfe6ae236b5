"""The examination of the connector on a fresh fake Facebook with one comment on it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Author, Draft, Raw
from hearwell.connect.subject import Count, ErrorCase
from hearwell.connectors.facebook.connector import FacebookConnector
from hearwell.connectors.facebook.fake_network import LENA, NAME, PAGE, Network
from hearwell.connectors.meta.fake_pages import TalkingFake


class Fake(TalkingFake):
    """Northwind's Page, and Lena who lost a bag."""

    connector: FacebookConnector
    network: Network
    stream: ClassVar[str] = "feed"
    message: ClassVar[str] = "m_1"
    lena: ClassVar[str] = LENA["id"]
    window_closed: ClassVar[int] = 2018278

    def __init__(self) -> None:
        self.network = Network()
        self.connector = FacebookConnector(self.network.client)
        account = Account(
            external_id=PAGE,
            handle=NAME,
            settings={"app_id": self.network.app.id, "page": NAME},
            secrets={"token": self.network.page_token, "app_secret": self.network.app.secret},
        )
        super().__init__(account)
        self.first = self.network.customer_says("My bag stayed in Lisbon")

    def story(self) -> list[Raw]:
        """A visitor's post, a comment of theirs, ours; an edit; a comment taken away."""
        network = Network()
        post = network.customer_says("Where is my bag?", post=True)
        gone = network.customer_says("Anyone?", to=post)
        account = replace(self.account, secrets={"token": network.page_token})
        ours = Draft(text="We look for it.", audience=Audience.PUBLIC, account=PAGE, parent_id=post)
        FacebookConnector(network.client).send(account, ours, "key-0")
        network.edits(post, "Where is my blue bag?")
        network.edits(post, "Where is my blue bag? Tag LIS 4711")
        network.deletes(gone)
        return self.told_by(network)

    def draft(self, **changes: Any) -> Draft:
        """A public answer to the first comment."""
        draft = Draft(
            text="We have found it.",
            audience=Audience.PUBLIC,
            account=PAGE,
            thread_key=self.first,
            parent_id=self.first,
            to=Author(LENA["id"], "", LENA["name"]),
            initials="AB",
        )
        return replace(draft, **changes)

    def errors(self) -> list[ErrorCase]:
        """Every error that matters, and every way a line can break."""
        return [
            *super().errors(),
            ErrorCase("gone", partial(self.say, parent_id="5001_999"), failures.TargetGone),
            ErrorCase("too long", partial(self.say, "x" * 8001), failures.Refused),
        ]

    def counts(self) -> list[Count]:
        """UTF-16 units, by hand."""
        return [
            Count(Audience.PUBLIC, "plain words", 11),
            Count(Audience.PRIVATE, "👨‍👩‍👧‍👦", 11),
            Count(Audience.PRIVATE, "🇵🇹", 4),
        ]
