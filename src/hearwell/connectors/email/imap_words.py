"""What an IMAP server's refusals mean (RFC 3501, 5530), and how folder names are spelled.

By response code first. Providers that write none are told apart by the fixed words of their own
that stand in their documentation, never by free text.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta

from hearwell.connect import failures

_CODE = re.compile(r"\[([A-Z][A-Z0-9-]*)")
_BY_CODE: dict[str, type[failures.Failure]] = {
    "AUTHENTICATIONFAILED": failures.NeedsReauth,
    "AUTHORIZATIONFAILED": failures.ScopeMissing,
    "EXPIRED": failures.NeedsReauth,
    "PRIVACYREQUIRED": failures.NotAllowed,
    "CONTACTADMIN": failures.AccountDisabled,
    "NOPERM": failures.ScopeMissing,
    "WEBALERT": failures.NeedsReauth,
    "UNAVAILABLE": failures.Unavailable,
    "INUSE": failures.Unavailable,
    "SERVERBUG": failures.Unavailable,
    "NONEXISTENT": failures.TargetGone,
    "TRYCREATE": failures.TargetGone,
    "OVERQUOTA": failures.QuotaExhausted,
    "LIMIT": failures.Throttled,
    "THROTTLED": failures.Throttled,
}
_BACKOFF = re.compile(r"Suggested Backoff Time: (\d{1,9}) milliseconds", re.IGNORECASE)
_LONGEST_WAIT_S = 3600


def code_of(said: str) -> str:
    """The response code in a server's line, empty if it gave none."""
    found = _CODE.search(said)
    return found[1] if found else ""


def failure_for(said: str, now: datetime, *, while_signing_in: bool = False) -> failures.Failure:
    """The failure that a NO, BAD or BYE stands for.

    A refusal of the sign-in without a code is about the sign-in: nothing else was asked.
    """
    code = code_of(said)
    backoff = _BACKOFF.search(said)
    if backoff is not None:
        wait = min(int(backoff[1]) / 1000, _LONGEST_WAIT_S)
        return failures.Throttled(now + timedelta(seconds=wait), network_code="THROTTLED")
    kind = _BY_CODE.get(code)
    if kind is failures.Throttled:
        return failures.Throttled(None, network_code=code)
    if kind is failures.QuotaExhausted:
        return failures.QuotaExhausted(None, network_code=code)
    if kind is not None:
        return kind(network_code=code)
    if while_signing_in:
        return failures.NeedsReauth(
            "The mail server refused user and password.", network_code=code or "NO"
        )
    return failures.Unavailable(network_code=code or "NO")


# --- folder names: modified UTF-7 (RFC 3501, 5.1.3) --------------------------------------------

_OUTSIDE = re.compile(r"[^\x20-\x7e]+|&")
_CODED = re.compile(rb"&([^-]*)-")


def folder_encoded(name: str) -> str:
    """A folder's name as it goes over the line, in quotes. Raises ValueError for a line end."""
    if "\r" in name or "\n" in name or "\x00" in name:
        message = "a folder's name is on one line"
        raise ValueError(message)
    coded = _OUTSIDE.sub(_coded, name)
    escaped = coded.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _coded(match: re.Match[str]) -> str:
    if match[0] == "&":
        return "&-"
    letters = base64.b64encode(match[0].encode("utf-16-be", "surrogatepass")).rstrip(b"=")
    return f"&{letters.replace(b'/', b',').decode()}-"


def folder_decoded(name: bytes) -> str:
    """A folder's name as people read it."""
    return _CODED.sub(_letters, name).decode("utf-8", "replace")


def _letters(match: re.Match[bytes]) -> bytes:
    if not match[1]:
        return b"&"
    coded = match[1].replace(b",", b"/")
    try:
        plain = base64.b64decode(coded + b"=" * (-len(coded) % 4), validate=True)
        return plain.decode("utf-16-be").encode()
    except (ValueError, UnicodeError):
        return match[0]


SENT_NAMES = (
    "Sent", "Sent Items", "Sent Messages", "Sent Mail", "INBOX.Sent", "INBOX/Sent",
    "[Gmail]/Sent Mail", "Gesendet", "Gesendete Elemente", "Gesendete Objekte", "INBOX.Gesendet",
    "Éléments envoyés", "Messages envoyés", "Envoyés", "Elementos enviados", "Enviados",
    "Posta inviata", "Inviati", "Itens Enviados", "Verzonden items", "Verzonden", "Skickat",
    "Sendt", "Wysłane", "Odeslaná pošta", "Отправленные", "送信済みアイテム", "已发送",
)  # fmt: skip
