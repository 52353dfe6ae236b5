"""A mail server on loopback: speaks SMTP as far as Django does, and keeps what it takes."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser


@dataclass
class Post:
    """What has arrived; `refuses` are recipients that the server turns away.

    `most_a_line`: it hangs up after so many letters on one connection.
    """

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    most_a_line: int = 1000


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 post.test ESMTP")
        taken = 0
        for raw in self.rfile:
            words = raw.decode().strip()
            verb = words.upper()
            if verb.startswith("MAIL") and taken >= self.server.post.most_a_line:  # type: ignore[attr-defined]
                self.say("421 enough for one connection")
                return
            if verb.startswith("DATA"):
                self.take()
                taken += 1
            elif verb.startswith("QUIT"):
                self.say("221 bye")
                return
            elif verb.startswith("RCPT") and words[9:-1] in self.server.post.refuses:  # type: ignore[attr-defined]
                self.say("550 nobody of that name")
            else:
                self.say("250 ok")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        letter = BytesParser(policy=policy.default).parsebytes(b"".join(lines))
        self.server.post.taken.append(letter)  # type: ignore[attr-defined]
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def smtp_server() -> Iterator[Post]:
    """Run a mail server during the block."""
    post = Post()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.post = post  # type: ignore[attr-defined]
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join(5)
