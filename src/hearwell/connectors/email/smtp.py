"""Hand one mail to an SMTP server, once, and say strictly what became of it.

Up to the answer to DATA nothing is sent: whatever goes wrong there surely did nothing. Once the
first byte of the mail may have left, only an answer of the server ends the doubt.
"""

from __future__ import annotations

import base64
import contextlib
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from hearwell.connect import failures
from hearwell.connectors.email.imap import is_on_one_line, xoauth2
from hearwell.connectors.email.lines import Deadline, Opens, connected, unreachable
from hearwell.connectors.email.mailbox import Mailbox, Security, Server, SignIn
from hearwell.connectors.email.smtp_words import failure_for

if TYPE_CHECKING:
    import socket

T = TypeVar("T")
_WHOLE_S = 85.0
"""For the whole dialogue: less than the outbox waits before it gives a sender up."""
_OK, _GO_ON, _AUTHENTICATED = 250, 354, 235
_GREETING, _CHALLENGE = 220, 334


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail ready to go: the envelope, which alone decides where it goes, and its bytes."""

    sender: str
    recipient: str
    mail: bytes


class _Line(smtplib.SMTP):
    """`smtplib` on a socket that it was given; raises nothing that repeats what was said."""

    def __init__(self, line: socket.socket, host: str, own_name: str) -> None:
        super().__init__("", 0, own_name)
        self._host, self.sock, self.file = host, line, None

    def say(self, command: str, argument: str = "") -> tuple[int, str]:
        """One command and the code and words of its answer."""
        code, words = self.docmd(command, argument)
        return code, words.decode("utf-8", "replace")


def send(
    opener: Opens, box: Mailbox, secrets: Mapping[str, str], parcel: Parcel, timeout_s: float
) -> None:
    """Send a mail; returns when the server has taken it. Raises contract failures."""
    deadline = Deadline(_WHOLE_S)
    with _session(opener, box, secrets, timeout_s, deadline) as line:
        extra = "" if parcel.mail.isascii() else " BODY=8BITMIME"
        if not (parcel.sender + parcel.recipient).isascii():
            if not line.has_extn("smtputf8"):
                words = "The mail server does not take addresses with letters beyond a to z."
                raise failures.NotAllowed(words, network_code="SMTPUTF8")
            extra += " SMTPUTF8"
            line.command_encoding = "utf-8"
        step = _Steps(line, box.smtp, timeout_s, deadline)
        step.expect(_OK, "MAIL", f"FROM:<{parcel.sender}>{extra}")
        step.expect(_OK, "RCPT", f"TO:<{parcel.recipient}>")
        step.expect(_GO_ON, "DATA")
        step.deliver(parcel.mail)


def check(opener: Opens, box: Mailbox, secrets: Mapping[str, str], timeout_s: float) -> None:
    """Sign in and out again. Raises contract failures."""
    with _session(opener, box, secrets, timeout_s, Deadline(_WHOLE_S)):
        return


@dataclass(slots=True)
class _Steps:
    """Commands of a dialogue, each within what time is left."""

    line: _Line
    server: Server
    timeout_s: float
    deadline: Deadline

    def expect(self, wanted: int, command: str, argument: str = "") -> None:
        """A command before the mail: whatever goes wrong, nothing was sent."""
        code, words = self.quietly(lambda: self.line.say(command, argument))
        if code // 10 != wanted // 10:
            raise failure_for(code, words, command)

    def quietly(self, ask: Callable[[], T]) -> T:
        """Do a step in which nothing can be half done."""
        try:
            if self.line.sock is not None:
                self.line.sock.settimeout(self.deadline.left(self.timeout_s))
            return ask()
        except smtplib.SMTPResponseException as error:
            words = error.smtp_error
            said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
            failure = failure_for(error.smtp_code, said, "")
            raise failure from None  # the library's error may repeat what was said to it
        except ssl.SSLError as error:
            raise unreachable(self.server, error) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise failures.Unavailable(network_code=type(error).__name__) from None

    def deliver(self, mail: bytes) -> None:
        """The mail itself: from here on silence is doubt."""
        try:
            if self.line.sock is not None:
                self.line.sock.settimeout(self.deadline.left(self.timeout_s))
            code, words = self._hand_over(mail)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
        if code // 100 == _OK // 100:
            return
        if code < 400:  # noqa: PLR2004  neither yes nor no
            raise failures.OutcomeUnknown(network_code=str(code))
        raise failure_for(code, words.decode("utf-8", "replace"), "DATA")

    def _hand_over(self, mail: bytes) -> tuple[int, bytes]:
        """Stuff the dots, end with one, and wait for the verdict."""
        body = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
        if body.startswith(b"."):
            body = b"." + body
        self.line.send(body.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return self.line.getreply()


@contextlib.contextmanager
def _session(
    opener: Opens, box: Mailbox, secrets: Mapping[str, str], timeout_s: float, deadline: Deadline
) -> Iterator[_Line]:
    given = connected(opener, box.smtp, deadline.left(timeout_s))
    line = _Line(given, box.smtp.host, box.domain)
    step = _Steps(line, box.smtp, timeout_s, deadline)
    try:
        code, words = step.quietly(line.getreply)
        if code != _GREETING:
            raise failure_for(code, words.decode("utf-8", "replace"), "")
        step.quietly(line.ehlo_or_helo_if_needed)
        if box.smtp.security is Security.STARTTLS:
            _secure(step, opener)
        _sign_in(step, box, secrets)
        yield line
    finally:
        # Goodbye without waiting for the answer: it must not hold up what is done.
        with contextlib.suppress(smtplib.SMTPException, OSError, ValueError):
            line.send(b"QUIT\r\n")
        line.close()


def _secure(step: _Steps, opener: Opens) -> None:
    if not step.line.has_extn("starttls"):
        words = "The mail server offers no TLS, so no password is sent to it."
        raise failures.NotAllowed(words, network_code="STARTTLS")
    step.quietly(lambda: step.line.starttls(context=opener.context))
    step.quietly(step.line.ehlo_or_helo_if_needed)


def _sign_in(step: _Steps, box: Mailbox, secrets: Mapping[str, str]) -> None:
    """By OAuth2 or password; a server that wants neither (a relay inside) is taken at its word."""
    line, password = step.line, secrets.get("password", "")
    if not is_on_one_line(box.user, password):
        raise failures.NeedsReauth(network_code="line")
    if not line.has_extn("auth"):
        return
    if box.sign_in is SignIn.OAUTH2:
        _prove(step, "XOAUTH2", xoauth2(box.user, secrets.get("access", "")))
    elif "PLAIN" in line.esmtp_features.get("auth", "").upper().split():
        _prove(step, "PLAIN", f"\0{box.user}\0{password}".encode())
    else:
        step.quietly(lambda: line.login(box.user, password))


def _prove(step: _Steps, way: str, word: bytes) -> None:
    """One word in base64, which also carries what `smtplib` cannot: letters beyond ASCII."""
    coded = base64.b64encode(word).decode()
    code, words = step.quietly(lambda: step.line.say("AUTH", f"{way} {coded}"))
    if code == _CHALLENGE:  # an explanation of the refusal, to be taken note of by an empty line
        code, words = step.quietly(lambda: step.line.say(""))
    if code != _AUTHENTICATED:
        raise failure_for(code, words, "AUTH")
