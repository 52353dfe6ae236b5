"""What a connector is: small abstract classes; a capability is what the class *is*.

Ask ``isinstance(connector, Replies)``: no flag can drift from the code. Connectors never sleep,
retry, log or store. They raise nothing but ``connect.failures``; anything else is a bug. All is
synchronous but ``Streams.listen``. ``parse``, ``challenge``, ``verify``, ``route`` and
``preflight`` are pure: no clock, no socket, the same answer every time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping, Sequence
    from datetime import datetime

    from hearwell.connect.attachments import Attachment, Uploaded
    from hearwell.connect.beginning import NewThread
    from hearwell.connect.connecting import Connected, Departure, Field, Step
    from hearwell.connect.health import Health
    from hearwell.connect.manifest import Manifest
    from hearwell.connect.mediarule import MediaRule
    from hearwell.connect.model import (
        Account,
        Act,
        Audience,
        Challenge,
        Draft,
        Inbound,
        IngressSecrets,
        Nudge,
        Pending,
        Problem,
        Raw,
        RawPage,
        Sent,
    )
    from hearwell.connect.terms import Charge
    from hearwell.connect.textrule import TextRule


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: who reads it, what its thread began with (empty: unknown)."""

    audience: Audience
    root_id: str = ""


class Connector(ABC):
    """One network. A leaf: it knows the contract and its network, nothing of the house."""

    manifest: ClassVar[Manifest]

    @abstractmethod
    def health(self, account: Account) -> Health:
        """Check settings, reach, credentials, scopes, subscription, quota: in that order.

        Never raises a failure: what went wrong is the verdict of the check it went wrong in.
        """

    @abstractmethod
    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """Everything that would stop this draft, without asking the network. PURE.

        The same code serves the composer while typing and the sender just before sending.
        """

    def text_rule(self, account: Account, audience: Audience) -> TextRule:  # noqa: ARG002 -- the same
        """The rule that counts what this account writes. PURE.

        The manifest's, unless the account's own server sets one: anyone's server may take 500
        characters or 5,000, and count them in its own way.
        """
        return self.manifest.text_rule(audience)

    def media_rule(self, account: Account) -> MediaRule:  # noqa: ARG002 -- overridden per account
        """What files a message may carry; the manifest's, unless the account's server says."""
        return self.manifest.media_rule

    def place_of(self, account: Account) -> str:  # noqa: ARG002 -- overridden per network
        """Where the account lives, on a network that ``shares_threads``. PURE.

        Two accounts of one place see one message under one id, and may speak in one thread. A
        network that is the same from everywhere is one place.
        """
        return self.manifest.network

    def hosts(self, account: Account) -> frozenset[str]:  # noqa: ARG002 -- overridden per account
        """The hosts (``name`` or ``name:port``) that calls for this account may contact."""
        return self.manifest.hosts


class Receives(ABC):
    """Hears. Every inbound connector has a parser, whatever way the raws come."""

    @abstractmethod
    def parse(self, raw: Raw) -> list[Inbound]:
        """The items in a delivery, in its order. PURE, total.

        Types it does not know become ``Unknown``; bytes it cannot read raise
        ``ContractChanged``, and nothing else is ever raised, whatever the bytes are.
        """


class ReceivesWebhooks(Receives):
    """Is called by the network.

    ``signs_body`` is False where all that a call proves is that the caller knows our secret.
    ``hook_shared_by``: the setting by which a workspace's accounts share one address (their app).
    ``hook_secrets``: the secret fields of its form that calls are signed with, where the network
    chooses them: the house makes none up then. ``answers_with_it``: with the first of them it
    answers the handshake, too.
    """

    signs_body: ClassVar[bool] = True
    hook_shared_by: ClassVar[str] = ""
    hook_secrets: ClassVar[tuple[str, ...]] = ()
    answers_with_it: ClassVar[bool] = False

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:  # noqa: ARG002 -- overridden
        """The answer to the network's handshake; None if ``raw`` is not a handshake. PURE.

        Raises ``BadSignature`` if it is one with the wrong token. Some networks have none.
        """
        return None

    @abstractmethod
    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """Raise ``BadSignature`` unless ``raw`` surely came from the network. PURE.

        Constant-time, on the raw bytes, before any parsing; age is reckoned from
        ``raw.received_at``. Every secret in ``secrets.signing`` is accepted.
        """

    @abstractmethod
    def route(self, raw: Raw) -> list[str]:
        """External ids of the accounts of ours that this delivery concerns. PURE.

        One app registration may carry many pages. Raises ``ContractChanged`` if unreadable.
        """


class ReadsFiled(Receives):
    """Can read its network's messages out of files that people keep: letters of an mbox."""

    @abstractmethod
    def filed(
        self, body: bytes, *, own: Collection[str], at: datetime | None, is_cut: bool = False
    ) -> Raw:
        """A message out of a file as the delivery that ``parse`` understands.

        ``own`` are our accounts by the names people know, which tell what we wrote from what we
        were written; ``at`` is when it came, as the file says; ``is_cut``: only its beginning is
        here. Raises ``ContractChanged``, with ``time`` as its network code where nobody wrote
        down when it was said, and ``not_ours`` where none of ``own`` has to do with it.
        """

    @abstractmethod
    def enclosed(self, raw: Raw, ref: str) -> bytes | None:
        """The bytes of a file that came with such a message, by its ``Media.ref``. PURE.

        None where they are not, or not all, in the file.
        """


class Polls(Receives):
    """Is asked by us: the reconciling truth beside any faster way."""

    def streams(self, account: Account) -> Sequence[str]:  # noqa: ARG002 -- overridden
        """Names of the things to poll, each with a cursor of its own. PURE.

        ``account`` comes without its secrets.
        """
        return ("default",)

    @abstractmethod
    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """One page after ``cursor`` (None: from as far back as the network gives).

        The raws pass the same way as a webhook's: kept, routed by their account, parsed. Answers
        promptly: few polls of a network run at a time, and one that waits for news (a long poll)
        is a ``listen``. Raises ``NeedsReauth``, ``Throttled``, ``Unavailable``,
        ``ContractChanged``, …
        """


class Streams(Receives):
    """Holds a connection open and hears as things happen."""

    @abstractmethod
    def listen(self, account: Account) -> AsyncIterator[Raw | Nudge]:
        """Raws as they come, until the connection ends; the caller reconnects with backoff.

        What is missed between two connections is the poll's to find. A stream that only tells
        *that* there is news (IMAP's IDLE) yields a ``Nudge``, and the poll fetches it: fetching
        here, too, would read everything twice.
        """


class Fetches(ABC):
    """Can fetch one thing by its reference: a missing parent, a fresh media address."""

    @abstractmethod
    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """The item as a raw delivery that ``parse`` understands, or None if it is gone."""


class Replies(ABC):
    """Answers in the thread, in the account's name."""

    @abstractmethod
    def identity(self, account: Account) -> str:
        """External id of the account that the token speaks for: asked before it first posts."""

    @abstractmethod
    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """Post once. Never retries, never waits.

        ``key`` is our client token: passed as the network's idempotency key where it has one,
        else as a nonce that its echo hands back, else unused. Raises ``OutcomeUnknown`` as soon
        as a byte of the body may have left and no trustworthy answer came; ``Unavailable``,
        ``Throttled``, ``QuotaExhausted`` only where the network surely did nothing.
        """

    def settle(self, account: Account, pending: Pending) -> Sent | Pending:
        """Fetch the result of an accepted send. Only networks that answer ``Pending`` have it."""
        raise NotImplementedError

    @abstractmethod
    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """Read back after an unknown outcome whether the draft is on the network.

        Matches by ``key`` where the network keeps it, else by account, in-reply-to, text and a
        time not before ``since`` (allowing for skewed clocks); never one of ``linked``, the
        external ids that already belong to another of our messages. What an absence proves is in
        the manifest (``read_back``).
        """


class WritesFirst(ABC):
    """Can begin a conversation with somebody at an e-mail address that they gave us."""

    @abstractmethod
    def thread_with(self, account: Account, address: str, about: str) -> NewThread | None:
        """PURE. The thread that a first message to this address is in, None if it is none of ours.

        The same address and ``about`` give the same thread; what is answered there comes in under
        its key.
        """


class Uploads(ABC):
    """Is handed files before the message that shows them.

    Where it is not, files go out within ``Replies.send`` itself, their bytes in ``body``.
    """

    @abstractmethod
    def upload(self, account: Account, file: Attachment) -> Uploaded:
        """Hand over one file. Never waits.

        Again is harmless: nobody sees a file before a message shows it, by the ``handle`` that
        this returns. Whatever is raised, nothing was posted.
        """

    def prepared(self, account: Account, handle: str) -> Uploaded:
        """A file as it is now. Only networks that take their time (``check_after``) have it."""
        raise NotImplementedError


class Refreshes(ABC):
    """Has tokens that can be renewed without a person."""

    @abstractmethod
    def refresh(self, account: Account) -> Mapping[str, str]:
        """The account's complete new secrets, to be persisted *before* they are used.

        The caller holds the row lock: a refresh token may be good only once. Raises
        ``NeedsReauth`` if a person must reconnect.
        """


class Connects(ABC):
    """Can be connected by a person in the browser."""

    steps: ClassVar[Sequence[Step]] = ()
    fields: ClassVar[Sequence[Field]] = ()

    @abstractmethod
    def connect(self, given: Mapping[str, str]) -> Connected:
        """Ask the network who we are with what was filled in (``fields`` by name, all present).

        ``fields`` and ``given`` are as in ``connecting.filled_in``. ``health`` is asked next, with
        what this returns; nothing is kept unless it finds nothing bad.

        Raises ``FieldRefused`` for a field that cannot be right, else what went wrong, in words
        for the person: ``NeedsReauth`` (refused), ``ScopeMissing`` (naming it), ``Unavailable``.
        Leaves nothing behind on the network.
        """


class Authorizes(ABC):
    """Is connected by consent on the network's own page (OAuth2)."""

    steps: ClassVar[Sequence[Step]] = ()
    fields: ClassVar[Sequence[Field]] = ()

    @abstractmethod
    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """Where to send the person; may register an application there. Raises as ``connect``.

        ``state`` comes back in the query and is checked by the caller.
        """

    @abstractmethod
    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """Trade what the person brought back for tokens. Raises as ``connect``."""


class Subscribes(ABC):
    """Must be told where to call us."""

    @abstractmethod
    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Have the network deliver to ``hook_url``; again is no error. Raises failures."""

    @abstractmethod
    def unsubscribe(self, account: Account) -> None:
        """Stop the deliveries; when there are none, that is no error. Raises failures."""


class Metered(ABC):
    """Is paid for by the call, or counted against a quota. What a poll costs is in its page."""

    @abstractmethod
    def heard(self, raw: Raw) -> Sequence[Charge]:
        """What it cost to be handed this delivery, by names of the manifest. PURE, total."""

    @abstractmethod
    def said(self, draft: Draft) -> Sequence[Charge]:
        """What sending this draft will cost: shown before anybody presses send. PURE."""


class Moderates(ABC):
    """Can do more to a message than answer it: like, hide, delete one of ours."""

    acts: ClassVar[frozenset[Act]]

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:  # noqa: ARG002 -- overridden
        """Whether it is worth offering on the message ``ref``, which stands at ``place``. PURE.

        ``account`` comes without its secrets. The network has the last word, when it is asked.
        """
        return act in self.acts

    @abstractmethod
    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """Do it to the message ``ref``; doing it twice is no error.

        Raises ``TargetGone``, ``NotAllowed`` and what concerns account, pace and line.
        """


class Searches(ABC):
    """Can look for words in what everybody says in public."""

    @abstractmethod
    def search(self, account: Account, words: str, cursor: str | None) -> RawPage:
        """One page, newest first, of messages with these words or this hashtag.

        The raws parse as any others; their items are for ``account`` though nobody addressed it.
        """
