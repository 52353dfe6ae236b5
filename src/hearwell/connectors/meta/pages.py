"""What the connectors of Meta's networks do alike: all three when called, two of them as Pages.

``Called`` is the ground of Facebook, Instagram and WhatsApp. ``Talks`` is that of Facebook and
Instagram, where people comment in public and write in private: which list, which words and which
window is theirs to say.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

import httpx

from hearwell.connect import failures
from hearwell.connect.beginning import AnswersPrivately, NewThread
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Fetches,
    Moderates,
    Polls,
    ReceivesWebhooks,
    Replies,
    Subscribes,
)
from hearwell.connect.fields import Fields
from hearwell.connect.manifest import ReplyWindow
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Author,
    Challenge,
    Draft,
    IngressSecrets,
    Pending,
    Raw,
    RawPage,
    Sent,
)
from hearwell.connectors.meta import hook, listing, messaging, talking
from hearwell.connectors.meta.wire import BASE, Graph, Meta


class Called(Connector, ReceivesWebhooks):
    """Is called by Meta: one address for all accounts of an app."""

    hook_shared_by: ClassVar[str] = "app_id"
    # What its deliveries are about.
    kind: ClassVar[str]

    def __init__(self, client: httpx.Client, *, at: str = BASE) -> None:
        self._meta = Meta(client, at.rstrip("/"))

    def hosts(self, account: Account) -> frozenset[str]:
        """Meta's, or what stands for them."""
        del account
        return self._meta.hosts(self.manifest.hosts)

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:
        """See ``hook``."""
        return hook.challenge(raw, secrets)

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``hook``."""
        hook.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """The accounts that a delivery concerns: one app has many."""
        return hook.accounts_in(raw, self.kind)


class Talks(Called, Authorizes, Polls, Fetches, Replies, AnswersPrivately, Moderates, Subscribes):
    """Comments in public, messages in private, and lists of both."""

    acts: ClassVar[frozenset[Act]] = frozenset(Act)
    window: ClassVar[ReplyWindow]
    ways: ClassVar[Mapping[str, listing.Way]]
    # The list that a single comment is read back as, and what is asked for of one and of a message.
    public_list: ClassVar[str]
    public_fields: ClassVar[str]
    private_fields: ClassVar[str]

    # --- what each says for itself ---------------------------------------------------------------

    @abstractmethod
    def line(self, account: Account) -> Graph:
        """The Graph as this account may speak to it."""

    @abstractmethod
    def below(self, found: Fields) -> Mapping[str, Any]:
        """A single comment as the entry that would have held it."""

    @abstractmethod
    def answer(self, line: Graph, account: Account, draft: Draft) -> Sent:
        """Answer in public. Raises failures."""

    @abstractmethod
    def find_answer(
        self, line: Graph, account: Account, draft: Draft, since: datetime, linked: Collection[str]
    ) -> Sent | None:
        """Find an answer in public again. Raises failures."""

    @abstractmethod
    def find_message(
        self, line: Graph, account: Account, draft: Draft, since: datetime, linked: Collection[str]
    ) -> Sent | None:
        """Find a private message again. Raises failures."""

    @abstractmethod
    def moderate(self, line: Graph, act: Act, ref: str) -> None:
        """Do it, once. Raises failures."""

    def speaker(self, account: Account) -> str:
        """Whose private messages they are."""
        return account.external_id

    def own(self, account: Account) -> listing.Own:
        """Whose lists they are."""
        return listing.Own(self.kind, account.external_id)

    def is_known(self, author: Author) -> bool:
        """Whether somebody can be written to."""
        return not author.external_id.startswith("unknown:")

    def echo_key(self, key: str) -> str:
        """What of our key the network hands back with its echo."""
        return key

    # --- what both do ----------------------------------------------------------------------------

    def streams(self, account: Account) -> Sequence[str]:
        """All its lists."""
        del account
        return tuple(self.ways)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """One page of a list; see ``listing``."""
        way = self.ways[stream]
        above = self.speaker(account) if stream == "conversations" else account.external_id
        way = replace(way, path=f"{above}/{way.path}")
        return listing.page_of(self.line(account), self.own(account), stream, way, cursor)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """A post, comment or private message as it is now."""
        is_public = talking.is_comment(ref)
        fields = self.public_fields if is_public else self.private_fields
        try:
            found = self.line(account).get(ref, {"fields": fields}).fields
        except failures.TargetGone:
            return None
        if not is_public:
            held = [{"messages": {"data": [dict(found)]}}]
            return listing.raw_of(self.own(account), "conversations", held)
        return listing.raw_of(self.own(account), self.public_list, [dict(self.below(found))])

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """A comment, a private message, or the one private answer to a comment."""
        line = self.line(account)
        if draft.audience is Audience.PUBLIC:
            return self.answer(line, account, draft)
        return talking.say(line, self.speaker(account), draft, self.echo_key(key), self.window)

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """By whom, to whom and in which words; Meta's lists do not tell our key."""
        del key
        is_public = draft.audience is Audience.PUBLIC
        find = self.find_answer if is_public else self.find_message
        return find(self.line(account), account, draft, since, linked)

    def private_thread(self, account: Account, ref: str, author: Author) -> NewThread | None:
        """The talk that a private answer to a comment begins."""
        del account
        if not (talking.is_comment(ref) and self.is_known(author)):
            return None
        return NewThread(messaging.thread_of(author.external_id), author)

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """On what is public, and nothing else. What is gone already is as good as deleted."""
        del root_id
        if act not in self.acts or not talking.is_comment(ref):
            raise failures.NotAllowed
        line = self.line(account)
        if act is not Act.DELETE:
            self.moderate(line, act, ref)
            return
        try:
            line.delete(ref)
        except failures.TargetGone:
            return
