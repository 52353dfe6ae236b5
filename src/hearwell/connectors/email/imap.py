"""One session with an IMAP server, in the few verbs that we need. Everything by UID.

Python's own `imaplib` does the talking: it is kept up with the language, and all that we want of
it is quoting, literals and tags. It gets a guarded socket and never opens one itself.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from hearwell.connect import failures
from hearwell.connectors.email.imap_words import (
    SENT_NAMES,
    failure_for,
    folder_decoded,
    folder_encoded,
)
from hearwell.connectors.email.limits import CUT_MAIL, MAX_MAIL
from hearwell.connectors.email.lines import Opens, connected, unreachable
from hearwell.connectors.email.mailbox import Mailbox, Security, SignIn
from hearwell.kit import clock

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_NUMBER = re.compile(rb"(UID|RFC822\.SIZE) (\d{1,12})")
_DATE = re.compile(rb'INTERNALDATE "([^"]{10,40})"')
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:[^"\\]|\\.)"|NIL) (?P<name>.+)\Z', re.DOTALL)
_LONGEST_LITERAL = MAX_MAIL + 1024 * 1024
_GOODBYE_S = 3.0
_BROKEN = (imaplib.IMAP4.abort, OSError, EOFError)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A mail on the server: its UID, bytes, and when it came there."""

    uid: int
    size: int
    arrived_at: datetime


class _Line(imaplib.IMAP4):
    """`imaplib` on a socket that it was given."""

    def __init__(self, line: socket.socket, host: str, timeout_s: float) -> None:
        self._given = line
        super().__init__(host, timeout=timeout_s)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        del timeout
        return self._given

    def read(self, size: int) -> bytes:
        if size > _LONGEST_LITERAL:
            message = "the server wants to send more than a mail may have"
            raise self.abort(message)
        return super().read(size)


class Session:
    """A signed-in session. Raises contract failures; after one it must be closed."""

    def __init__(self, line: _Line, now: datetime) -> None:
        self._line, self._now = line, now

    # --- folders -------------------------------------------------------------------------------

    def folders(self) -> list[tuple[str, str]]:
        """(flags, name) of every folder."""
        found = []
        for row in self._do("LIST", self._line.list):
            parts = b" ".join(row) if isinstance(row, tuple) else row
            listed = _LISTED.match(parts or b"")
            if listed is not None:
                found.append(
                    (listed["flags"].decode("ascii", "replace"), _unquoted(listed["name"]))
                )
        return found

    def sent_folder(self) -> str:
        """Where the server keeps what was sent: by its mark (RFC 6154), else by its name."""
        folders = self.folders()
        marked = [name for flags, name in folders if "\\Sent" in flags]
        names = {name.lower(): name for _, name in folders}
        likely = [names[name.lower()] for name in SENT_NAMES if name.lower() in names]
        return (marked or likely or [""])[0]

    def create(self, folder: str) -> None:
        """Make a folder; one that is there is no error."""
        with contextlib.suppress(failures.Failure):
            self._do("CREATE", self._line.create, folder_encoded(folder))

    def examine(self, folder: str) -> tuple[int, int]:
        """Open a folder to read; returns (UIDVALIDITY, UIDNEXT), 0 where the server tells none."""
        self._do("EXAMINE", self._line.select, folder_encoded(folder), True)
        return self._told("UIDVALIDITY"), self._told("UIDNEXT")

    def _told(self, name: str) -> int:
        values = self._line.response(name)[1]
        value = values[0] if values else None
        return int(value) if isinstance(value, bytes) and value.isdigit() else 0

    # --- mails ---------------------------------------------------------------------------------

    def uids_after(self, uid: int, since: date | None = None) -> list[int]:
        """UIDs above `uid`, ascending, of mails that came on that day or later."""
        words = ["UID", f"{uid + 1}:*"]
        if since is not None:
            words += ["SINCE", f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"]
        # "n:*" always includes the last mail, also one below n.
        return [found for found in self._search(*words) if found > uid]

    def uids_of(self, message_id: str) -> list[int]:
        """UIDs of the mails with this Message-ID in the open folder."""
        if not message_id or not message_id.isascii() or re.search(r'[\s"\\]', message_id):
            return []
        return self._search("HEADER", "Message-ID", f'"<{message_id}>"')

    def uids_to(self, address: str, since: date) -> list[int]:
        """UIDs of mails to this address of that day or later."""
        if not address.isascii() or re.search(r'[\s"\\]', address):
            return []
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        return self._search("SINCE", day, "TO", f'"{address}"')

    def _search(self, *words: str) -> list[int]:
        data = self._do("SEARCH", self._line.uid, "SEARCH", *words)
        numbers = b" ".join(row for row in data if isinstance(row, bytes)).split()
        return sorted({int(number) for number in numbers if number.isdigit()})

    def weigh(self, uids: Sequence[int]) -> list[Weighed]:
        """Sizes and times of mails, ascending; those gone meanwhile are missing."""
        if not uids:
            return []
        asked = "(UID RFC822.SIZE INTERNALDATE)"
        data = self._do("FETCH", self._line.uid, "FETCH", _set(uids), asked)
        found = {one.uid: one for row in data if (one := _weighed(row, self._now)) is not None}
        return [found[uid] for uid in sorted(found) if uid in set(uids)]

    def fetch(self, uid: int, *, size: int = 0) -> bytes | None:
        """A mail's bytes, of one that is too large only the beginning; None if it is gone."""
        part = f"BODY.PEEK[]<0.{CUT_MAIL}>" if size > MAX_MAIL else "BODY.PEEK[]"
        return self._literal(uid, part)

    def fetch_section(self, uid: int, section: str) -> tuple[bytes, bytes] | None:
        """(head, body) of one part; None if there is no such part."""
        if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4}){0,30}", section):
            return None
        head = self._literal(uid, f"BODY.PEEK[{section}.MIME]")
        body = self._literal(uid, f"BODY.PEEK[{section}]")
        return None if body is None else (head or b"", body)

    def _literal(self, uid: int, part: str) -> bytes | None:
        data = self._do("FETCH", self._line.uid, "FETCH", str(uid), f"(UID {part})")
        wanted = next((row[1] for row in data if isinstance(row, tuple)), None)
        return wanted if isinstance(wanted, bytes) else None

    def append(self, folder: str, mail: bytes, at: datetime) -> None:
        """Put a copy into a folder, marked as read."""
        when = imaplib.Time2Internaldate(at)
        self._do("APPEND", self._line.append, folder_encoded(folder), r"(\Seen)", when, mail)

    def quota_used(self) -> float | None:
        """The share of the storage that is used, None where the server does not say."""
        if "QUOTA" not in self._line.capabilities:
            return None
        with contextlib.suppress(failures.Failure):
            for row in self._do("QUOTA", self._line.getquotaroot, "INBOX"):
                for line in row if isinstance(row, list) else [row]:
                    found = re.search(rb"STORAGE (\d{1,15}) (\d{1,15})", line or b"")
                    if found and int(found[2]):
                        return int(found[1]) / int(found[2])
        return None

    def can_idle(self) -> bool:
        """Whether the server tells of news by itself."""
        return "IDLE" in self._line.capabilities

    def _do(self, what: str, ask: Any, *arguments: Any) -> list[Any]:
        """Ask, and return the rows of the answer."""
        try:
            answer, data = ask(*arguments)
        except _BROKEN as error:
            raise failures.Unavailable(network_code=f"{what} {type(error).__name__}") from error
        except imaplib.IMAP4.error as error:
            raise _refused(error, self._now) from error
        if answer != "OK":
            said = b" ".join(row for row in data if isinstance(row, bytes))
            raise failure_for(said.decode("utf-8", "replace"), self._now)
        return [row for row in data if row is not None]


@contextlib.contextmanager
def session(
    opener: Opens, box: Mailbox, secrets: Mapping[str, str], timeout_s: float
) -> Iterator[Session]:
    """Open a line, sign in, and sign out again. Raises contract failures."""
    now = clock.now()
    line = _signed_in(opener, box, secrets, timeout_s, now)
    try:
        yield Session(line, now)
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError, EOFError):
            line.sock.settimeout(_GOODBYE_S)
            line.logout()
        with contextlib.suppress(OSError):
            line.shutdown()


def _signed_in(
    opener: Opens, box: Mailbox, secrets: Mapping[str, str], timeout_s: float, now: datetime
) -> _Line:
    if not is_on_one_line(box.user, secrets.get("password", "")):
        words = "A user and a password are on one line each."
        raise failures.NeedsReauth(words, network_code="line")
    given = connected(opener, box.imap, timeout_s)
    line: _Line | None = None
    try:
        line = _Line(given, box.imap.host, timeout_s)
        if box.imap.security is Security.STARTTLS:
            line.starttls(opener.context)
        _sign_in(line, box, secrets, now)
    except BaseException as error:  # noqa: BLE001  it goes on, as what it means
        _hang_up(line, given)
        raise _why_not(error, box, now) from None
    return line


def _hang_up(line: _Line | None, given: socket.socket) -> None:
    """Close what is open of a line that came to nothing."""
    with contextlib.suppress(OSError):
        if line is not None:
            line.shutdown()
    given.close()


def _why_not(error: BaseException, box: Mailbox, now: datetime) -> BaseException:
    """The failure that an error on the way in stands for."""
    match error:
        case ssl.SSLError():
            return unreachable(box.imap, error)
        case imaplib.IMAP4.abort() | OSError() | EOFError():
            return failures.Unavailable(network_code=type(error).__name__)
        case imaplib.IMAP4.error():
            return _refused(error, now)
        case _:
            return error


def _sign_in(line: _Line, box: Mailbox, secrets: Mapping[str, str], now: datetime) -> None:
    """By OAuth2 or password; a password with odd letters only passes as SASL PLAIN."""
    try:
        if box.sign_in is SignIn.OAUTH2:
            word = xoauth2(box.user, secrets.get("access", ""))
            line.authenticate("XOAUTH2", lambda answer: b"" if answer else word)
        elif "AUTH=PLAIN" in line.capabilities:
            word = f"\0{box.user}\0{secrets.get('password', '')}".encode()
            line.authenticate("PLAIN", lambda _: word)
        else:
            # The library quotes the password and leaves the user to us.
            user = box.user.replace("\\", "\\\\").replace('"', '\\"')
            line.login(f'"{user}"', secrets.get("password", ""))
        # What may be done once signed in is more than what was greeted with.
        words = line.capability()[1][-1] or b""
        line.capabilities = tuple(words.decode("ascii", "replace").upper().split())
    except _BROKEN as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    # UnicodeError: letters that LOGIN cannot carry.
    except (imaplib.IMAP4.error, UnicodeError) as error:
        failure = failure_for(str(error), now, while_signing_in=True)
        # Not "from": the library's error may repeat the line that held the password.
        raise failure from None


def is_on_one_line(*words: str) -> bool:
    """Whether words can be said in a command without ending it."""
    return not any(char in word for word in words for char in "\r\n\x00")


def xoauth2(user: str, token: str) -> bytes:
    """The first word of Google's and Microsoft's sign-in by token."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()


def _refused(error: Exception, now: datetime) -> failures.Failure:
    return failure_for(str(error), now)


def _set(uids: Sequence[int]) -> str:
    return ",".join(str(uid) for uid in uids)


def _unquoted(name: bytes) -> str:
    plain = name.strip()
    if plain.startswith(b'"') and plain.endswith(b'"'):
        plain = re.sub(rb"\\(.)", rb"\1", plain[1:-1])
    elif plain.startswith(b"{"):  # a literal: its bytes follow the count
        plain = plain.partition(b"} ")[2]
    return folder_decoded(plain)


def _weighed(row: Any, now: datetime) -> Weighed | None:
    line = b" ".join(row) if isinstance(row, tuple) else row
    if not isinstance(line, bytes):
        return None
    numbers = {name: int(value) for name, value in _NUMBER.findall(line)}
    if b"UID" not in numbers:
        return None
    stamped = _DATE.search(line)
    arrived = internal_date(stamped[1].decode("ascii", "replace")) if stamped else None
    return Weighed(numbers[b"UID"], numbers.get(b"RFC822.SIZE", 0), arrived or now)


def internal_date(text: str) -> datetime | None:
    """A time such as ``22-Nov-2026 09:15:00 +0100``; the months are English in any language."""
    found = re.fullmatch(
        r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})", text
    )
    if found is None:
        return None
    day, month, year, hour, minute, second, zone = found.groups()
    try:
        number = _MONTHS.index(month.title()) + 1
        iso = f"{year}-{number:02}-{int(day):02}T{hour}:{minute}:{second}{zone[:3]}:{zone[3:]}"
        return datetime.fromisoformat(iso).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def date_header(at: datetime) -> str:
    """A time as a mail's Date says it."""
    return format_datetime(at.astimezone(UTC))
