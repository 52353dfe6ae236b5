"""A mailbox in this process for the examination: two servers, no sockets."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import SMTP

import httpx

from hearwell.connect import failures
from hearwell.connect.model import Account, Audience, Author, Draft, Raw, Source
from hearwell.connect.subject import Count, ErrorCase, Subject, breaking
from hearwell.connectors.email.connector import EmailConnector
from hearwell.connectors.email.envelope import INBOX, SENT, Place, envelope_of, raw_of
from hearwell.connectors.email.fake_server import Post, ago
from hearwell.connectors.email.mailbox import stamp_of
from hearwell.connectors.email.manifest import CAP
from hearwell.kit.sockets import AddressRefusedError

ADDRESS, CUSTOMER = "support@northwind.test", "lena@example.test"
_PASSWORD, _STAMP = "pass-canary-4c1f", "stamp-canary-77aa"
_REFRESH, _CLIENT = "refresh-canary-1b2d", "client-canary-9f3e"
Answer = Callable[[httpx.Request], httpx.Response]


def mail(
    text: str, *, message_id: str, sender: str = f"Lena Hoff <{CUSTOMER}>",
    to: str = f"Northwind Air <{ADDRESS}>", subject: str = "My bag",
    answers: tuple[str, ...] = (), more: str = "",
) -> bytes:  # fmt: skip
    """A small mail."""
    relations = ""
    if answers:
        relations = f"In-Reply-To: <{answers[-1]}>\r\nReferences: " + " ".join(
            f"<{one}>" for one in answers
        )
        relations += "\r\n"
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{message_id}>\r\n"
        f"Date: {ago(3):%a, %d %b %Y %H:%M:%S +0000}\r\n{relations}{more}"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


class Fake(Subject):
    """The examination on a mailbox with one mail in it."""

    connector: EmailConnector

    def __init__(self) -> None:
        self.post = Post(user=ADDRESS, password=_PASSWORD)
        self.post.on_append = self._appended
        self.next_answer: Answer | None = None
        self.connector = EmailConnector(self.post, self._tokens)
        self.account = Account(
            external_id=ADDRESS,
            handle=ADDRESS,
            settings={
                "address": ADDRESS,
                "name": "Northwind Air",
                "imap_host": "imap.northwind.test",
                "smtp_host": "smtp.northwind.test",
                "sent": "Sent",
                "takes_plus": "1",
            },
            secrets={"password": _PASSWORD, "stamp": _STAMP},
            scopes=frozenset({"read", "write"}),
        )
        self._delivered: list[Raw] = []
        self.come(mail("My bag stayed in Lisbon.", message_id="first-mail@example.test"))

    def come(self, body: bytes, *, minutes_ago: float = 1) -> Raw:
        """A mail comes in."""
        uid = self.post.folders["INBOX"].add(body, ago(minutes_ago))
        raw = self._raw(body, INBOX, uid)
        self._delivered.append(raw)
        return raw

    def _appended(self, folder: str, uid: int) -> None:
        body = self.post.folders[folder].mails[uid][0]
        self._delivered.append(self._raw(body, SENT, uid))

    def _raw(self, body: bytes, folder: str, uid: int) -> Raw:
        envelope = envelope_of(
            body,
            account=ADDRESS,
            folder=folder,
            arrived_at=datetime(2026, 11, 22, 8, 0, uid % 60, tzinfo=UTC),
            stamp=stamp_of(self.account),
            trusted="mx.northwind.test",
        )
        place = Place("INBOX" if folder == INBOX else "Sent", 1, uid)
        return raw_of(place, envelope, body, datetime.now(UTC), Source.POLL)

    # --- what the examination asks for -------------------------------------------------------

    def raw(self, body: bytes) -> Raw:
        """Any bytes as a mail that was fetched."""
        return self._raw(body, INBOX, 7)

    def story(self) -> list[Raw]:
        """A mail, an answer of ours to it, an answer to that, and a second thought of theirs."""
        thread = self.connector.parse(self._delivered[0])[0].thread_key or ""
        own = stamp_of(self.account).message_id(
            "0199a000-0000-7000-8000-00000000000a", thread, CUSTOMER, "northwind.test"
        )
        first = "first-mail@example.test"
        ours = mail(
            "We are looking for it.", message_id=own, sender=f"Northwind Air <{ADDRESS}>",
            to=f"Lena <{CUSTOMER}>", subject="Re: My bag", answers=(first,),
        )  # fmt: skip
        # Some programs keep the whole chain of references, some only the last one.
        theirs = mail("Thank you.", message_id="second-mail@example.test", answers=(own,))
        again = mail("It is blue.", message_id="third-mail@example.test", answers=(first,))
        return [
            self._delivered[0],
            self._raw(ours, SENT, 2),
            self._raw(theirs, INBOX, 3),
            self._raw(again, INBOX, 4),
        ]

    def draft(self) -> Draft:
        """An answer to the mail in the mailbox."""
        item = self.connector.parse(self._delivered[0])[0]
        return Draft(
            text="We have found it.",
            audience=Audience.PRIVATE,
            account=ADDRESS,
            thread_key=item.thread_key or "",
            parent_id=item.external_id,
            root_id=item.external_id,
            to=Author(CUSTOMER, CUSTOMER, "Lena Hoff"),
            subject="My bag",
        )

    def shown(self) -> list[tuple[bytes, str]]:
        """What was attached to the last mail of ours, as another program reads it."""
        mails = self.post.folders["Sent"].mails
        if not mails:
            return []
        read = BytesParser(policy=SMTP).parsebytes(mails[max(mails)][0])
        return [(part.get_content(), "") for part in read.iter_attachments()]

    def delivered(self) -> list[Raw]:
        """What came, and what was kept of ours."""
        return list(self._delivered)

    def counts(self) -> list[Count]:
        """Counted by hand, in code points."""
        return [
            Count(Audience.PRIVATE, "plain words", 11),
            Count(Audience.PRIVATE, "e\u0301", 2),
            Count(Audience.PRIVATE, "شكراً", 5),
        ]

    def contacted(self) -> frozenset[str]:
        """The doors that were knocked at."""
        return frozenset(self.post.contacted)

    # --- misbehaving ---------------------------------------------------------------------------

    def errors(self) -> list[ErrorCase]:
        """Every documented refusal, and every way a line can break."""
        return [
            *(self._refusing("send", *case, act=self._send) for case in _SMTP),
            *(self._refusing("poll", *case, act=self._poll) for case in _IMAP),
            *(self._unreachable(*case) for case in _LINES),
            *(self._renewing(*case) for case in _TOKENS),
            ErrorCase("one person, too many mails", self._flood, failures.Throttled),
            ErrorCase("a cursor of another kind", self._strange_cursor, failures.ContractChanged),
            ErrorCase("no address", lambda: self._send(to=None), failures.Refused),
        ]

    def _send(self, **changes: object) -> object:
        fields: dict[str, object] = {
            "text": "Hello", "to": Author(CUSTOMER), "audience": Audience.PRIVATE,
            "account": ADDRESS, "thread_key": "a" * 20,
        } | changes  # fmt: skip
        draft = Draft(**fields)  # type: ignore[arg-type]
        return self.connector.send(self.account, draft, f"key-{len(self.post.taken)}")

    def _poll(self) -> object:
        return self.connector.poll(self.account, "INBOX", None)

    def _strange_cursor(self) -> object:
        return self.connector.poll(self.account, "INBOX", "4711")

    def _refusing(
        self, what: str, command: str, answer: str, expects: type[failures.Failure],
        *, act: Callable[[], object],
    ) -> ErrorCase:  # fmt: skip
        def refused() -> object:
            self.post.refusals = {command: answer}
            try:
                return act()
            finally:
                self.post.refusals = {}

        return ErrorCase(f"{what}: {command} {answer or 'hangs up'}", refused, expects)

    def _unreachable(self, error: OSError, expects: type[failures.Failure]) -> ErrorCase:
        def act() -> object:
            self.post.unreachable = error
            try:
                return self._send()
            finally:
                self.post.unreachable = None

        return ErrorCase(type(error).__name__, act, expects)

    def _renewing(self, name: str, answer: Answer, expects: type[failures.Failure]) -> ErrorCase:
        def act() -> object:
            self.next_answer = answer
            settings = {"sign_in": "oauth2", "client_id": "c", "renews_at": "https://t.test/token"}
            secrets = {"refresh": _REFRESH, "client_secret": _CLIENT}
            return self.connector.refresh(Account(ADDRESS, settings=settings, secrets=secrets))

        return ErrorCase(f"renewing: {name}", act, expects)

    def _tokens(self, hosts: frozenset[str]) -> httpx.Client:
        del hosts  # the examination's errors renew at a host of no account
        return httpx.Client(transport=httpx.MockTransport(self._token))

    def _token(self, request: httpx.Request) -> httpx.Response:
        if self.next_answer is None:
            return httpx.Response(200, json={"access_token": "fresh"})
        return self.next_answer(request)

    def _flood(self) -> object:
        sent = self.post.folders["Sent"]
        kept = dict(sent.mails)
        for number in range(CAP):
            sent.add(mail("x", message_id=f"loop-mail-{number}@x.test", to=CUSTOMER), ago(5))
        try:
            return self._send()
        finally:
            sent.mails = kept


def _said(code: str) -> httpx.Response:
    return httpx.Response(400, json={"error": code})


_UNVERIFIED = ssl.SSLCertVerificationError(1, "self-signed certificate")
_UNVERIFIED.verify_message = "self-signed certificate"
_LINES: tuple[tuple[OSError, type[failures.Failure]], ...] = (
    (ConnectionRefusedError(), failures.Unavailable),
    (TimeoutError(), failures.Unavailable),
    (_UNVERIFIED, failures.Unavailable),
    (ssl.SSLError(1, "wrong version number"), failures.Unavailable),
    (AddressRefusedError("inside"), failures.NotAllowed),
)
_TOKENS: tuple[tuple[str, Answer, type[failures.Failure]], ...] = (
    (
        "revoked",
        lambda _: httpx.Response(400, json={"error": "invalid_grant"}),
        failures.NeedsReauth,
    ),
    ("wrong client", lambda _: httpx.Response(401, json={}), failures.NeedsReauth),
    ("down", lambda _: httpx.Response(503), failures.Unavailable),
    ("too fast", lambda _: httpx.Response(429, headers={"retry-after": "9"}), failures.Throttled),
    ("no token", lambda _: httpx.Response(200, json={}), failures.ContractChanged),
    ("no words", lambda _: httpx.Response(200, text="<html>"), failures.ContractChanged),
    ("other error", lambda _: _said("surprise"), failures.ContractChanged),
    ("broken line", breaking(httpx.ReadTimeout), failures.Unavailable),
)
_SMTP: tuple[tuple[str, str, type[failures.Failure]], ...] = (
    ("smtp greeting", "421 4.3.2 come back later", failures.Throttled),
    ("smtp greeting", "554 5.7.1 no service", failures.NotAllowed),
    ("AUTH", "535 5.7.8 bad credentials", failures.NeedsReauth),
    ("AUTH", "535 5.7.139 basic authentication is disabled", failures.NeedsReauth),
    ("AUTH", "454 4.7.0 temporary", failures.Unavailable),
    ("AUTH", "525 5.7.13 account disabled", failures.AccountDisabled),
    ("MAIL", "530 5.7.0 authentication required", failures.NeedsReauth),
    ("MAIL", "553 5.7.1 not owned by user", failures.ScopeMissing),
    ("MAIL", "550 5.7.60 SendAsDenied", failures.ScopeMissing),
    ("MAIL", "421 4.7.28 rate limited", failures.Throttled),
    ("MAIL", "552 5.3.4 too large", failures.MediaRejected),
    ("RCPT", "550 5.1.1 user unknown", failures.TargetGone),
    ("RCPT", "550 no such user", failures.TargetGone),
    ("RCPT", "550 5.7.1 blocked", failures.NotAllowed),
    ("RCPT", "550 5.7.0 policy", failures.NotAllowed),
    ("RCPT", "552 5.2.2 mailbox full", failures.Refused),
    ("RCPT", "450 4.2.0 greylisted", failures.Unavailable),
    ("RCPT", "451 4.7.1 greylisted", failures.Unavailable),
    ("RCPT", "452 4.2.2 mailbox full", failures.Unavailable),
    ("RCPT", "450 4.2.1 receiving mail too quickly", failures.Throttled),
    ("RCPT", "452 4.5.3 too many recipients", failures.Throttled),
    ("RCPT", "", failures.Unavailable),
    ("DATA", "451 4.3.0 not now", failures.Unavailable),
    ("DATA", "503 5.5.1 bad sequence", failures.Refused),
    ("mail", "550 5.4.5 daily sending quota exceeded", failures.QuotaExhausted),
    ("mail", "554 5.7.1 spam", failures.NotAllowed),
    ("mail", "550 rejected", failures.NotAllowed),
    ("mail", "451 4.3.0 try again", failures.Unavailable),
    ("mail", "354 what", failures.OutcomeUnknown),
    ("mail", "", failures.OutcomeUnknown),
    ("mail", "taken, and then the line breaks", failures.OutcomeUnknown),
    ("EXAMINE", "NO [UNAVAILABLE] later", failures.Unavailable),
)
_IMAP: tuple[tuple[str, str, type[failures.Failure]], ...] = (
    ("greeting", "* BYE [UNAVAILABLE] too many connections", failures.Unavailable),
    ("AUTHENTICATE", "NO [AUTHENTICATIONFAILED] no", failures.NeedsReauth),
    ("AUTHENTICATE", "NO [EXPIRED] password expired", failures.NeedsReauth),
    ("AUTHENTICATE", "NO no", failures.NeedsReauth),
    ("AUTHENTICATE", "NO [CONTACTADMIN] locked", failures.AccountDisabled),
    ("AUTHENTICATE", "NO [UNAVAILABLE] user database is away", failures.Unavailable),
    ("AUTHENTICATE", "NO [AUTHORIZATIONFAILED] not for you", failures.ScopeMissing),
    ("AUTHENTICATE", "", failures.Unavailable),
    ("EXAMINE", "NO [NOPERM] not yours", failures.ScopeMissing),
    ("EXAMINE", "NO [INUSE] locked", failures.Unavailable),
    ("SEARCH", "NO [OVERQUOTA] bandwidth", failures.QuotaExhausted),
    ("SEARCH", "NO [LIMIT] slow down", failures.Throttled),
    ("SEARCH", "BAD Request is throttled. Suggested Backoff Time: 9000 milliseconds",
     failures.Throttled),
    ("SEARCH", "", failures.Unavailable),
)  # fmt: skip
