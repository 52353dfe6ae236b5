"""A network that answers as it is told to, for tests of the sender. It keeps what was posted."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.contract import Connector, Refreshes, Replies, Uploads
from hearwell.connect.failures import Failure
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.manifest import Auth, Idempotency, Manifest, ReadBack
from hearwell.connect.mediarule import MediaLimit
from hearwell.connect.model import Account, Audience, Draft, MessageKind, Pending, Problem, Sent
from hearwell.connect.textrule import CodePoints
from hearwell.kit.sniff import PICTURES

ACCOUNT = "page-1"
Answer = Sent | Pending | Exception
MANIFEST = Manifest(
    network="wire",
    title="Wire",
    auth=Auth.OAUTH2,
    public_text=CodePoints(60),
    private_text=CodePoints(200),
    hosts=frozenset({"wire.test"}),
    kinds=frozenset({MessageKind.MENTION, MessageKind.DM}),
    reply_audiences=frozenset({Audience.PUBLIC, Audience.PRIVATE}),
    idempotency=Idempotency.NONE,
    read_back=ReadBack.AUTHORITATIVE,
    request_timeout_s=0.5,
    read_lag_s=0.1,
)


@dataclass(frozen=True)
class Posted:
    """One message on the network."""

    id: str
    key: str
    account: str
    thread: str
    text: str


@dataclass
class Wire(Connector, Replies, Refreshes):
    """Posts into a list. `script` holds what the next sends do instead; see `then`."""

    manifest: ClassVar[Manifest] = MANIFEST
    posts: list[Posted] = field(default_factory=list)
    script: deque[Callable[[Wire, Draft, str], Answer]] = field(default_factory=deque)
    speaks_for: str = ACCOUNT
    asked: int = 0
    renewed: int = 0
    renewal: Failure | None = None
    reading: Failure | None = None
    settling: deque[Answer] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def then(self, *answers: Answer | Callable[[Wire, Draft, str], Answer]) -> None:
        """Answer the next sends so; a failure is raised and nothing is posted."""
        for answer in answers:
            self.script.append(answer if callable(answer) else _always(answer))

    def post(self, draft: Draft, key: str) -> Sent:
        """What the network does when it takes a message."""
        with self.lock:
            made = Posted(
                f"w{len(self.posts) + 1}", key, draft.account, draft.thread_key, draft.text
            )
            self.posts.append(made)
        return Sent(made.id, f"https://wire.test/{made.id}", datetime.now(UTC))

    def health(self, account: Account) -> Health:
        """All is well."""
        return Health((HealthCheck("reach", HealthState.OK),))

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """Too long and empty are refused."""
        rule = self.manifest.text_rule(draft.audience)
        if not draft.text.strip():
            return [Problem("empty", "There is nothing to send.")]
        return [] if rule.fits(draft.text) else [Problem("too_long", "This is too long.")]

    def identity(self, account: Account) -> str:
        """Who the token speaks for."""
        self.asked += 1
        return self.speaks_for

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """As scripted, else post."""
        answer = self.script.popleft()(self, draft, key) if self.script else self.post(draft, key)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def settle(self, account: Account, pending: Pending) -> Sent | Pending:
        """As scripted."""
        answer = self.settling.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """By account, thread and text: it keeps no key."""
        if self.reading is not None:
            raise self.reading
        for post in self.posts:
            same = (post.account, post.thread, post.text) == (
                draft.account,
                draft.thread_key,
                draft.text,
            )
            if same and post.id not in linked:
                return Sent(post.id, f"https://wire.test/{post.id}", datetime.now(UTC))
        return None

    def refresh(self, account: Account) -> Mapping[str, str]:
        """A new token each time."""
        self.renewed += 1
        if self.renewal is not None:
            raise self.renewal
        return {"token": f"t{self.renewed}"}


class FilingWire(Wire, Uploads):
    """The same network with pictures: handed over first, shown by what is posted next.

    ``trouble`` is raised by the next hand-overs, ``slow`` are the looks that the next one takes.
    """

    manifest: ClassVar[Manifest] = replace(
        MANIFEST, network="wire", media=(MediaLimit("image", 2, 1000, PICTURES, 100),)
    )

    def __init__(self) -> None:
        super().__init__()
        self.handed: list[Attachment] = []
        self.shown: list[tuple[str, ...]] = []
        self.trouble: deque[Exception] = deque()
        self.slow = 0

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """Files first."""
        files = self.manifest.media_rule.problems(draft.media)
        if draft.media and not draft.text.strip():
            return files
        return [*files, *super().preflight(account, draft, now)]

    def upload(self, account: Account, file: Attachment) -> Uploaded:
        """Take it, and number it."""
        if self.trouble:
            raise self.trouble.popleft()
        self.handed.append(file)
        return self.prepared(account, f"h{len(self.handed)}")

    def prepared(self, account: Account, handle: str) -> Uploaded:
        """Ready when it has been looked at often enough."""
        self.slow -= 1
        later = datetime.now(UTC) + timedelta(seconds=30)
        return Uploaded(handle, later if self.slow > 0 else None)

    def post(self, draft: Draft, key: str) -> Sent:
        """Note which it shows."""
        self.shown.append(tuple(file.handle for file in draft.media))
        return super().post(draft, key)


def _always(answer: Answer) -> Callable[[Wire, Draft, str], Answer]:
    return lambda _wire, _draft, _key: answer


def applied_then(failure: Exception) -> Callable[[Wire, Draft, str], Answer]:
    """The network posts it and yet the caller sees a failure."""

    def act(wire: Wire, draft: Draft, key: str) -> Answer:
        wire.post(draft, key)
        return failure

    return act


class ShyWire(Wire):
    """The same network without any way of reading back."""

    manifest: ClassVar[Manifest] = replace(MANIFEST, network="shy", read_back=ReadBack.NONE)


def account_fields(**more: Any) -> dict[str, Any]:
    """Arguments of a channel on this network."""
    return {"network": "wire", "handle": "northwind", "external_id": ACCOUNT, **more}
