"""A real Dovecot and a real SMTP server (aiosmtpd) beside it, with a mailbox for every address.

What the SMTP server takes it hands to Dovecot by IMAP APPEND, as a mail server hands it to its
store. Mail to nobody comes back to its sender as a delivery report.
"""

from __future__ import annotations

import email.utils
import imaplib
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.house import free_port, wait_until

PASSWORD = "correct-horse"
NOBODY = "nobody@customers.test"
CONFIG = """
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
log_path = {folder}/dovecot.log
base_dir = {folder}/run
state_dir = {folder}/state
mail_location = maildir:{folder}/mail/%u
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
first_valid_uid = 1
first_valid_gid = 1
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service stats {{
  client_limit = 100
}}
protocol imap {{
  mail_max_userip_connections = 100
  imap_idle_notify_interval = 2 s
}}
"""


def dovecot() -> str:
    """Where Dovecot is; as root on Debian it is installed. Skips the test, saying why not."""
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("\nInstalling dovecot-imapd from Debian\n")
        command = ["apt-get", "install", "-y", "--no-install-recommends", "dovecot-imapd"]
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, env=quiet, capture_output=True, timeout=300, check=False)
        if found := shutil.which("dovecot", path="/usr/sbin:/usr/bin"):
            return found
    pytest.skip("Dovecot is not installed and cannot be: the real server cannot be run here")


@dataclass
class Dovecot:
    """One IMAP server; it can be stopped as a power cut stops it, and started again."""

    folder: Path
    imap: int
    imaps: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it greets."""
        config = str(self.folder / "dovecot.conf")
        self.process = subprocess.Popen(
            [dovecot(), "-F", "-c", config], stdin=subprocess.DEVNULL, start_new_session=True
        )
        wait_until(self._greets, seconds=20, what="Dovecot's greeting")

    def _greets(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.imap), 1) as line:
            return line.recv(4) == b"* OK"
        return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop it; its workers go with it."""
        if self.process is not None:
            os.killpg(self.process.pid, number)
            self.process.wait(20)
            self.process = None
        wait_until(lambda: not self._greets(), seconds=20, what="Dovecot's end")

    def recount(self, address: str) -> None:
        """Lose the list of UIDs: the server counts every mail anew, under another UIDVALIDITY."""
        time.sleep(1.1)  # Dovecot takes the second it happens in
        for name in ("dovecot-uidlist", "dovecot-uidvalidity"):
            for path in self.mail(address).glob(f"{name}*"):
                path.unlink()
        for path in self.mail(address).glob("dovecot.index*"):
            path.unlink()

    def mail(self, address: str) -> Path:
        """Where a mailbox's files are."""
        return self.folder / "mail" / address

    @contextmanager
    def as_user(self, address: str) -> Iterator[imaplib.IMAP4]:
        """A session as that address, with the standard library's client."""
        with imaplib.IMAP4("127.0.0.1", self.imap) as client:
            client.login(address, PASSWORD)
            yield client

    def drop(self, address: str, mail: bytes) -> None:
        """Put a mail into a mailbox's files while no server runs."""
        box = self.mail(address)
        path = box / "tmp" / f"{time.time_ns()}.dropped.here"
        path.write_bytes(mail.replace(b"\r\n", b"\n"))
        shutil.chown(path, user=box.stat().st_uid, group=box.stat().st_gid)
        path.rename(box / "new" / path.name)

    def put(self, address: str, mail: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a mailbox, as its mail server does."""
        with self.as_user(address) as client:
            done, said = client.append(folder, "", imaplib.Time2Internaldate(time.time()), mail)
            assert done == "OK", said

    def mails(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Every mail in a folder, oldest first."""
        with self.as_user(address) as client:
            client.select(folder, readonly=True)
            numbers = client.search(None, "ALL")[1][0].split()
            return [_bytes(client.fetch(number, "(BODY.PEEK[])")[1]) for number in numbers]


def _bytes(data: list[Any]) -> bytes:
    return next(bytes(row[1]) for row in data if isinstance(row, tuple))


@dataclass
class Post:
    """What the SMTP server does with what it is given, and how it shall misbehave once.

    `answers` maps a step (MAIL, RCPT, DATA) to what is said instead, once. "hang up" after DATA
    takes the mail and answers nothing.
    """

    store: Dovecot
    taken: list[Envelope] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_MAIL(  # noqa: N802  aiosmtpd's names
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 sign in first"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.pop("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        if said := self.answers.pop("RCPT", ""):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        said = self.answers.pop("DATA", "")
        if said and said != "hang up":
            return said
        self.taken.append(envelope)
        for address in envelope.rcpt_tos:
            self._deliver(envelope, address)
        if said:
            server.transport.abort()
        return "250 OK: it is ours now"

    def _deliver(self, envelope: Envelope, address: str) -> None:
        content = bytes(envelope.content or b"")
        if address == NOBODY:
            self.store.put(str(envelope.mail_from), bounce(address, content))
            return
        local, _, domain = address.partition("@")
        path, at = f"Return-Path: <{envelope.mail_from}>\r\n", email.utils.formatdate(usegmt=True)
        trace = f"{path}Received: from house by mx.test; {at}\r\n"
        self.store.put(f"{local.partition('+')[0]}@{domain}", trace.encode() + content)


def bounce(address: str, content: bytes) -> bytes:
    """A delivery report (RFC 3464) with the head of the mail that came back."""
    head = content.partition(b"\r\n\r\n")[0]
    return (
        b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nSubject: Undelivered\r\n"
        + f"Message-ID: {email.utils.make_msgid(domain='mx.test')}\r\n".encode()
        + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\n\r\nIt could not be delivered.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        + f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n".encode()
        + b"Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
        b"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" + head + b"\r\n--b--\r\n"
    )


def _proven(
    _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: Any
) -> AuthResult:
    is_right = getattr(given, "password", b"") == PASSWORD.encode()
    return AuthResult(success=is_right, handled=False)


@dataclass
class MailServers:
    """Both, and the ports they are at."""

    imap: Dovecot
    post: Post
    smtp: int

    @property
    def origins(self) -> list[str]:
        """What an operator allows so that the house may talk to them."""
        return [
            f"imap://127.0.0.1:{self.imap.imap}",
            f"imaps://localhost:{self.imap.imaps}",
            f"imap://localhost:{self.imap.imap}",
            f"smtp://127.0.0.1:{self.smtp}",
        ]

    def form(self, address: str) -> dict[str, str]:
        """What a person fills in to connect a mailbox here."""
        return {
            "address": address,
            "name": "Northwind Air",
            "password": PASSWORD,
            "imap_host": "127.0.0.1",
            "imap_port": str(self.imap.imap),
            "imap_security": "none",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(self.smtp),
            "smtp_security": "none",
            "trusted": "mx.northwind.test",
            "takes_plus": "1",
        }

    def send(self, sender: str, to: list[str], mail: bytes) -> None:
        """A customer's mail program hands in a mail."""
        with smtplib.SMTP("127.0.0.1", self.smtp) as line:
            line.login(sender, PASSWORD)
            line.sendmail(sender, to, mail)


@contextmanager
def running_servers(certify: Callable[[Path], None]) -> Iterator[MailServers]:
    """Have both during the block, and nothing of them afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hw-mail-"))
    folder.chmod(0o755)
    user = pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    (folder / "mail").mkdir()
    os.chown(folder / "mail", user.pw_uid, user.pw_gid)
    certify(folder)
    store = Dovecot(folder, free_port(), free_port())
    settings = {"user": user.pw_uid, "group": user.pw_gid, "password": PASSWORD, "folder": folder}
    (folder / "dovecot.conf").write_text(
        CONFIG.format(**settings, imap=store.imap, imaps=store.imaps)
    )
    post = Post(store)
    controller = Controller(
        post, hostname="127.0.0.1", port=free_port(), authenticator=_proven,
        auth_require_tls=False, data_size_limit=40_000_000,
    )  # fmt: skip
    try:
        store.start()
        controller.start()
        yield MailServers(store, post, controller.port)
    finally:
        controller.stop(no_assert=True)
        store.stop()
        shutil.rmtree(folder, ignore_errors=True)
