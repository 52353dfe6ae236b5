"""A customer with an ordinary mail program: the standard library's, none of our code."""

from __future__ import annotations

import email
import email.policy
import email.utils
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.house import wait_until
from tests.live.email.servers import MailServers


@dataclass
class Customer:
    """Somebody who writes and reads mail."""

    servers: MailServers
    address: str
    name: str = "Lena Hoff"
    sent: list[EmailMessage] = field(default_factory=list)

    def writes(
        self, to: str | list[str], subject: str, text: str, answers: EmailMessage | None = None
    ) -> EmailMessage:
        """Send a mail; an answer goes where it was asked to and names what it answers."""
        mail = EmailMessage()
        everybody = [to] if isinstance(to, str) else to
        mail["From"] = f"{self.name} <{self.address}>"
        mail["To"] = ", ".join(everybody)
        mail["Subject"] = subject
        mail["Date"] = email.utils.localtime()
        mail["Message-ID"] = email.utils.make_msgid(domain="customers.test")
        if answers is not None:
            mail["In-Reply-To"] = answers["Message-ID"]
            mail["References"] = f"{answers['References'] or ''} {answers['Message-ID']}".strip()
        mail.set_content(text)
        self.servers.send(self.address, everybody, mail.as_bytes(policy=email.policy.SMTP))
        self.sent.append(mail)
        return mail

    def answers(self, mail: EmailMessage, text: str) -> EmailMessage:
        """Press "reply"."""
        to = email.utils.parseaddr(str(mail["Reply-To"] or mail["From"]))[1]
        quoted = "".join(f"> {line}\n" for line in plain(mail).splitlines())
        said = f"{text}\n\nOn 22 Nov 2026, Northwind Air <{to}> wrote:\n{quoted}"
        return self.writes(to, f"Re: {mail['Subject'].removeprefix('Re: ')}", said, mail)

    def inbox(self) -> list[EmailMessage]:
        """What lies in the mailbox."""
        return [parsed(mail) for mail in self.servers.imap.mails(self.address)]

    def waits_for(self, count: int, *, seconds: float = 60) -> list[EmailMessage]:
        """The mailbox, once so many mails are in it."""
        wait_until(
            lambda: len(self.inbox()) >= count,
            seconds=seconds,
            what=f"{count} mails for {self.name}",
        )
        return self.inbox()


def parsed(mail: bytes) -> EmailMessage:
    """A mail as an ordinary program reads it."""
    found = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def plain(mail: EmailMessage) -> str:
    """Its text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").strip()


def id_of(mail: EmailMessage) -> str:
    """Its Message-ID, bare."""
    return str(mail["Message-ID"]).strip("<> ")
