"""E-mail as a connector: polled by UID, nudged by IDLE, answered by SMTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

import httpx

from hearwell.connect import failures
from hearwell.connect.beginning import NewThread
from hearwell.connect.connecting import Connected, Field, Step
from hearwell.connect.contract import (
    Connector,
    Connects,
    Fetches,
    Polls,
    ReadsFiled,
    Refreshes,
    Replies,
    Streams,
    WritesFirst,
)
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Draft,
    Inbound,
    Nudge,
    Pending,
    Problem,
    Raw,
    RawPage,
    Sent,
)
from hearwell.connectors.email import (
    compose,
    fetching,
    filed,
    filed_parts,
    form,
    health,
    idle,
    joining,
    oauth,
    parse,
    sending,
    smtp,
)
from hearwell.connectors.email.imap import session
from hearwell.connectors.email.lines import Opens
from hearwell.connectors.email.mailbox import Mailbox, SignIn, mailbox_of, stamp_of
from hearwell.connectors.email.manifest import IMAP_PORTS, MANIFEST, SMTP_PORTS
from hearwell.connectors.email.polling import SENT_STREAM, Poll
from hearwell.kit import http as kit_http
from hearwell.kit.sockets import Opener

_MAIL_SCHEMES = ("imap://", "imaps://", "smtp://", "smtps://")


def opener_for(origins: Iterable[str]) -> Opener:
    """Open lines to public mail servers, and to the mail origins that may lie inside."""
    inside = [origin for origin in origins if origin.startswith(_MAIL_SCHEMES)]
    return Opener(inside, ports=IMAP_PORTS | SMTP_PORTS)


def tokens_for(origins: Iterable[str]) -> Callable[[frozenset[str]], httpx.Client]:
    """Open HTTP clients for the host that renews tokens."""
    inside = tuple(origin for origin in origins if origin.startswith(("http://", "https://")))

    def open_client(hosts: frozenset[str]) -> httpx.Client:
        return kit_http.client(hosts, origins=inside, timeout_s=10.0, max_bytes=1024 * 1024)

    return open_client


class EmailConnector(
    Connector, Polls, Streams, Fetches, ReadsFiled, Replies, WritesFirst, Refreshes, Connects
):
    """Settings and secrets of an account are listed in this folder's README."""

    manifest: ClassVar[Manifest] = MANIFEST
    steps: ClassVar[Sequence[Step]] = form.STEPS
    fields: ClassVar[Sequence[Field]] = form.FIELDS

    def __init__(
        self,
        opener: Opens | None = None,
        open_client: Callable[[frozenset[str]], httpx.Client] | None = None,
    ) -> None:
        self._opener = opener or opener_for(())
        self._open_client = open_client or tokens_for(())

    def hosts(self, account: Account) -> frozenset[str]:
        """Its two mail servers, and where its tokens are renewed."""
        box = mailbox_of(account)
        if box is None:
            return frozenset()
        renewing = {oauth.host_of(account.settings.get("renews_at", ""))} - {""}
        return frozenset({str(box.imap), str(box.smtp)} | renewing)

    # --- in ------------------------------------------------------------------------------------

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def filed(
        self, body: bytes, *, own: Collection[str], at: datetime | None, is_cut: bool = False
    ) -> Raw:
        """See ``filed``."""
        return filed.raw_of(body, own, at, is_cut=is_cut)

    def enclosed(self, raw: Raw, ref: str) -> bytes | None:
        """See ``filed_parts``."""
        return filed_parts.body_of(raw, ref)

    def streams(self, account: Account) -> Sequence[str]:
        """The folders to read, and the one with what was sent."""
        box = mailbox_of(account)
        return (*(box.folders if box else ("INBOX",)), SENT_STREAM)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """The next mails of a folder; without a folder for sent mail there is nothing to read."""
        box = _box(account)
        with session(self._opener, box, account.secrets, self.manifest.request_timeout_s) as open_:
            is_sent = stream == SENT_STREAM
            folder = (box.sent or open_.sent_folder()) if is_sent else stream
            if not folder:
                return RawPage((), cursor)
            return Poll(open_, account, box, folder, is_sent).page(cursor)

    def listen(self, account: Account) -> AsyncIterator[Raw | Nudge]:
        """A nudge whenever something comes into the first folder."""
        box = _box(account)
        return idle.nudges(self._opener, box, account.secrets, box.folders[0])

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """A mail by its Message-ID or place, or an attachment's bytes by its place."""
        box = _box(account)
        with session(self._opener, box, account.secrets, self.manifest.request_timeout_s) as open_:
            return fetching.fetch_one(open_, account, box, ref)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``compose``."""
        del now  # mail may be answered at any time
        return compose.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The address, once the server has let us in to send: mail knows no other proof."""
        box = _box(account)
        smtp.check(self._opener, box, account.secrets, self.manifest.request_timeout_s)
        return box.address

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """One mail."""
        blocking = [one for one in compose.problems(account, draft) if one.blocking]
        if blocking:
            raise failures.Refused(blocking[0].message, network_code=blocking[0].code)
        return sending.send(
            self._opener,
            _box(account),
            account.secrets,
            stamp_of(account),
            draft,
            key,
            self.manifest.request_timeout_s,
        )

    def thread_with(self, account: Account, address: str, about: str) -> NewThread | None:
        """See ``compose``."""
        return compose.thread_with(account, address, about)

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """By the Message-ID that this draft and key have, whenever it was sent."""
        del since
        box = _box(account)
        wanted = compose.message_id(box, stamp_of(account), draft, key)
        if wanted in linked:
            return None
        timeout_s = self.manifest.request_timeout_s
        return sending.find(self._opener, box, account.secrets, wanted, timeout_s)

    # --- the account -----------------------------------------------------------------------------

    def refresh(self, account: Account) -> Mapping[str, str]:
        """A new access token; a password cannot be renewed without a person."""
        if account.settings.get("sign_in") != SignIn.OAUTH2:
            raise failures.NeedsReauth
        return oauth.renewed(self._open_client, account.settings, account.secrets)

    def connect(self, given: Mapping[str, str]) -> Connected:
        """See ``joining``."""
        timeout_s = self.manifest.request_timeout_s
        return joining.joined(self._opener, self._open_client, given, timeout_s)

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health.health_of(self._opener, account, self.manifest.request_timeout_s)


def _box(account: Account) -> Mailbox:
    """The mailbox. Raises NeedsReauth where its settings are not whole."""
    box = mailbox_of(account)
    if box is None:
        words = "The settings of this mailbox are not complete. Please connect it again."
        raise failures.NeedsReauth(words, network_code="settings")
    return box
