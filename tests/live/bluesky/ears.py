"""Hearing as the house does, cursor by cursor, and answering what was heard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hearwell.connect.model import (
    Account,
    Audience,
    Draft,
    Inbound,
    InboundMessage,
)
from hearwell.connectors.bluesky.connector import BlueskyConnector
from hearwell.kit.clock import now
from tests.live.bluesky.people import Person, soon


@dataclass
class Ears:
    """Polls as the house does: cursor by cursor, everything parsed."""

    connector: BlueskyConnector
    account: Account
    cursors: dict[str, str | None] = field(default_factory=dict)

    def poll(self, stream: str = "messages") -> list[Inbound]:
        """What is new in a stream."""
        return [item for page in self._pages(stream) for item in page]

    def _pages(self, stream: str) -> Iterator[list[Inbound]]:
        for _ in range(50):
            page = self.connector.poll(self.account, stream, self.cursors.get(stream))
            self.cursors[stream] = page.cursor
            yield [item for raw in page.raws for item in self.connector.parse(raw)]
            if page.poll_after is None or page.poll_after > now():
                return

    def hear(self, uri: str, stream: str = "messages") -> InboundMessage:
        """Poll until a post is heard."""
        return soon(lambda: self._heard(uri, stream), what=f"hearing {uri}")

    def _heard(self, uri: str, stream: str) -> InboundMessage | None:
        found = [item for item in self.poll(stream) if item.external_id == uri]
        return found[0] if found and isinstance(found[0], InboundMessage) else None


def answer_to(item: InboundMessage, text: str = "We have found it.", **more: Any) -> Draft:
    """What the house would send."""
    return Draft(
        text=text,
        audience=Audience.PUBLIC,
        account=item.account,
        thread_key=item.thread_key,
        parent_id=item.external_id,
        root_id=item.root_id,
        to=item.author,
        parent_seen_at=item.occurred_at,
        **more,
    )


def texts(items: Sequence[Inbound]) -> list[str]:
    return [item.text for item in items if isinstance(item, InboundMessage)]


def listed(who: Person) -> set[str]:
    answer = who.client.app.bsky.notification.list_notifications({"limit": 100})
    return {one.uri for one in answer.notifications}


def marked(brand: Person, text: str) -> Any:
    from atproto import client_utils

    return client_utils.TextBuilder().mention(f"@{brand.handle}", brand.did).text(f" {text}")


def reply_to(root: Any) -> Any:
    from atproto import models

    return models.AppBskyFeedPost.ReplyRef(parent=root, root=root)
