"""What the two servers of the fake understand, and what they say to it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hearwell.connectors.email.fake_server import Folder, HangUpError, Post, Server

_DATE = "%d-%b-%Y %H:%M:%S +0000"
_LITERAL = re.compile(rb"\{(\d+)\}\r\n\Z")

# --- IMAP ----------------------------------------------------------------------------------------


class FakeImap(Server):
    """An IMAP server with one user."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self._open: Folder | None = None
        self._waits_for: tuple[str, str] | None = None
        self.say(post.refusal("greeting") or "* OK ready")

    def wants(self, heard: bytes) -> int:
        """A literal and the line end after it."""
        literal = _LITERAL.search(heard)
        if literal is None:
            return 0
        if b"+ go on\r\n" not in self.said:
            self.say("+ go on")
        return int(literal[1]) + 2

    def hear(self, line: bytes) -> None:
        """Do one command."""
        if self._waits_for is not None:
            (waiting, way), self._waits_for = self._waits_for, None
            self._proven(waiting, way, base64.b64decode(line.strip()))
            return
        tag, _, rest = line.removesuffix(b"\r\n").partition(b" ")
        name, _, given = rest.partition(b" ")
        command = name.decode().upper()
        if command == "UID":
            name, _, given = given.partition(b" ")
            command = name.decode().upper()  # of mail we speak by UID only
        refusal = self.post.refusal(command)
        if refusal == "":
            raise HangUpError
        if refusal is not None:
            self.say(f"{tag.decode()} {refusal}")
            return
        getattr(self, f"_do_{command.lower()}", self._do_unknown)(tag.decode(), given)

    def _do_unknown(self, tag: str, _given: bytes) -> None:
        self.say(f"{tag} BAD unknown command")

    def _do_capability(self, tag: str, _given: bytes) -> None:
        self.say("* CAPABILITY IMAP4rev1 IDLE QUOTA AUTH=PLAIN AUTH=XOAUTH2")
        self.say(f"{tag} OK done")

    def _do_authenticate(self, tag: str, given: bytes) -> None:
        self._waits_for = (tag, given.decode())
        self.say("+ ")

    def _proven(self, tag: str, way: str, word: bytes) -> None:
        plain = f"\0{self.post.user}\0{self.post.password}".encode()
        token = f"user={self.post.user}\x01auth=Bearer {self.post.password}\x01\x01".encode()
        if word == (plain if way == "PLAIN" else token):
            self.say(f"{tag} OK in")
        else:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] no")

    def _do_list(self, tag: str, _given: bytes) -> None:
        for name in self.post.folders:
            mark = r"\HasNoChildren \Sent" if name == "Sent" else r"\HasNoChildren"
            self.say(f'* LIST ({mark}) "/" "{name}"')
        self.say(f"{tag} OK done")

    def _do_create(self, tag: str, given: bytes) -> None:
        self.post.folders.setdefault(given.decode().strip('"'), Folder())
        self.say(f"{tag} OK done")

    def _do_examine(self, tag: str, given: bytes) -> None:
        self._open = self.post.folders.get(given.decode().strip('"'))
        if self._open is None:
            self.say(f"{tag} NO [NONEXISTENT] no such folder")
            return
        self.say(f"* {len(self._open.mails)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self._open.validity}] UIDs valid")
        self.say(f"* OK [UIDNEXT {self._open.next_uid}] next")
        self.say(f"{tag} OK [READ-ONLY] done")

    def _do_search(self, tag: str, given: bytes) -> None:
        found = [uid for uid in self._mails() if self._fits(uid, given.decode())]
        self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())
        self.say(f"{tag} OK done")

    def _mails(self) -> dict[int, tuple[bytes, datetime]]:
        return self._open.mails if self._open else {}

    def _fits(self, uid: int, asked: str) -> bool:
        mail, at = self._mails()[uid]
        head = mail.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        if (span := re.search(r"UID (\d+):\*", asked)) and uid < int(span[1]):
            return uid == max(self._mails())  # as servers do: the last one is always in "n:*"
        if since := re.search(r"SINCE (\d+-\w+-\d+)", asked):
            first = datetime.strptime(since[1], "%d-%b-%Y").replace(tzinfo=UTC)
            if at < first:
                return False
        if (own := re.search(r'HEADER Message-ID "(.*?)"', asked)) and own[1] not in head:
            return False
        to = re.search(r' TO "(.*?)"', asked)
        return to is None or f"To: {to[1]}" in head or f"<{to[1]}>" in head

    def _do_fetch(self, tag: str, given: bytes) -> None:
        numbers, _, asked = given.decode().partition(" ")
        for word in numbers.split(","):
            mail = self._mails().get(int(word))
            if mail is not None:
                self._fetch(int(word), *mail, asked)
        self.say(f"{tag} OK done")

    def _fetch(self, uid: int, mail: bytes, at: datetime, asked: str) -> None:
        if "SIZE" in asked:
            facts = f'UID {uid} RFC822.SIZE {len(mail)} INTERNALDATE "{at:{_DATE}}"'
            self.say(f"* {uid} FETCH ({facts})")
            return
        cut = re.search(r"<0\.(\d+)>", asked)
        body = mail[: int(cut[1])] if cut else mail
        if section := re.search(r"BODY\.PEEK\[([\d.]+?)(\.MIME)?\]", asked):
            found = _section(mail, section[1], is_head=bool(section[2]))
            if found is None:
                self.say(f"* {uid} FETCH (UID {uid} BODY[{section[1]}] NIL)")
                return
            body = found
        self.say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(body)}}}")
        self.said += body
        self.say(")")

    def _do_append(self, tag: str, given: bytes) -> None:
        command, _, mail = given.partition(b"\r\n")
        name = command.decode().split(" ")[0].strip('"')
        uid = self.post.folders[name].add(mail, datetime.now(UTC).replace(microsecond=0))
        self.say(f"{tag} OK done")
        if self.post.on_append is not None:
            self.post.on_append(name, uid)

    def _do_getquotaroot(self, tag: str, _given: bytes) -> None:
        self.say('* QUOTAROOT "INBOX" "user"')
        self.say('* QUOTA "user" (STORAGE 10 1000)')
        self.say(f"{tag} OK done")

    def _do_logout(self, tag: str, _given: bytes) -> None:
        self.say("* BYE")
        self.say(f"{tag} OK done")


def _section(mail: bytes, section: str, *, is_head: bool) -> bytes | None:
    from hearwell.connectors.email.mime import tree_of

    for part in tree_of(mail)[0].walk():
        if part.section == section:
            lines = [name.encode() + b": " + value for name, value in part.head.fields]
            return b"\r\n".join(lines) if is_head else mail[part.start : part.end]
    return None


# --- SMTP ----------------------------------------------------------------------------------------


class FakeSmtp(Server):
    """An SMTP server that takes what its one user hands in."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self._sender = self._recipient = ""
        self._data: list[bytes] | None = None
        self.say(post.refusal("smtp greeting") or "220 mail.northwind.test ESMTP")

    def hear(self, line: bytes) -> None:
        """Do one command, or take one line of a mail."""
        if self._data is not None:
            self._take_line(line)
            return
        words = line.decode().strip()
        command = words.split(" ")[0].upper()
        refusal = self.post.refusal(command)
        if refusal == "":
            raise HangUpError
        self.say(refusal or self._answer(command, words))

    def _answer(self, command: str, words: str) -> str:
        answers: dict[str, Callable[[str], str]] = {
            "EHLO": lambda _: "250-mail.northwind.test\r\n250-8BITMIME\r\n250 AUTH PLAIN XOAUTH2",
            "AUTH": self._sign_in,
            "MAIL": self._from,
            "RCPT": self._to,
            "DATA": self._begin,
            "QUIT": lambda _: "221 bye",
        }
        answer: Any = answers.get(command)
        return str(answer(words)) if answer else "500 5.5.1 unknown command"

    def _sign_in(self, words: str) -> str:
        given = base64.b64decode(words.split(" ")[2])
        plain = f"\0{self.post.user}\0{self.post.password}".encode()
        token = f"user={self.post.user}\x01auth=Bearer {self.post.password}\x01\x01".encode()
        return "235 2.7.0 in" if given in {plain, token} else "535 5.7.8 no"

    def _from(self, words: str) -> str:
        self._sender = words.partition("<")[2].partition(">")[0]
        return "250 2.1.0 ok"

    def _to(self, words: str) -> str:
        self._recipient = words.partition("<")[2].partition(">")[0]
        return "250 2.1.5 ok"

    def _begin(self, _words: str) -> str:
        self._data = []
        return "354 go on"

    def _take_line(self, line: bytes) -> None:
        if self._data is None:
            return
        if line != b".\r\n":
            self._data.append(line.removeprefix(b".") if line.startswith(b".") else line)
            return
        mail, self._data = b"".join(self._data), None
        refusal = self.post.refusal("mail")
        if refusal == "":
            raise HangUpError
        if refusal is not None and not refusal.startswith("taken"):
            self.say(refusal)
            return
        self.post.taken.append((self._sender, self._recipient, mail))
        if self.post.on_taken is not None:
            self.post.on_taken(self._recipient, mail)
        if refusal is not None:  # taken, and then the line breaks
            raise HangUpError
        self.say("250 2.0.0 queued")
