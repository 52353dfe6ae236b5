"""An account's settings as this connector reads them, and who knows which server by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from hearwell.connectors.email.addresses import normal
from hearwell.connectors.email.threads import Stamp
from hearwell.kit.numbers import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hearwell.connect.model import Account


class Security(StrEnum):
    """How a line is kept secret: from its first byte, from STARTTLS on, or (inside) not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class SignIn(StrEnum):
    """What proves who we are."""

    PASSWORD = "password"  # noqa: S105  the name of a way, not a secret
    OAUTH2 = "oauth2"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server's door."""

    host: str
    port: int
    security: Security = Security.TLS

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One mailbox.

    `since` is when it was connected: what lay there before is history. `sent` is the folder that
    keeps what we send, empty where it is to be found out; `keeps_copies` says that the server
    puts copies there by itself. `trusted` is whose word on senders counts (see `authres`).
    """

    address: str
    user: str
    imap: Server
    smtp: Server
    sign_in: SignIn = SignIn.PASSWORD
    name: str = ""
    signature: str = ""
    folders: tuple[str, ...] = ("INBOX",)
    sent: str = ""
    keeps_copies: bool = False
    takes_plus: bool = False
    trusted: str = ""
    forms: frozenset[str] = frozenset()
    history_days: int = 30
    since: datetime | None = None

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.address.rpartition("@")[2]


def mailbox_of(account: Account) -> Mailbox | None:
    """Read an account's settings, None if something that is needed is missing or no setting."""
    given = account.settings
    address = normal(given.get("address", account.external_id))
    imap, smtp = _server(given, "imap", 993), _server(given, "smtp", 465)
    if not address or imap is None or smtp is None:
        return None
    folders = tuple(name.strip() for name in given.get("folders", "").split(",") if name.strip())
    forms = (normal(word) for word in re.split(r"[\s,;]+", given.get("forms", "")))
    return Mailbox(
        address=address,
        user=given.get("user", "") or address,
        imap=imap,
        smtp=smtp,
        sign_in=SignIn.OAUTH2 if given.get("sign_in") == SignIn.OAUTH2 else SignIn.PASSWORD,
        name=given.get("name", ""),
        signature=given.get("signature", ""),
        folders=folders or ("INBOX",),
        sent=given.get("sent", ""),
        keeps_copies=bool(given.get("keeps_copies")),
        takes_plus=bool(given.get("takes_plus")),
        trusted=given.get("trusted", ""),
        forms=frozenset(word for word in forms if word),
        history_days=_number(given.get("history_days", ""), 30),
        since=moment(given.get("since", "")),
    )


def _server(given: Mapping[str, str], which: str, port: int) -> Server | None:
    host = given.get(f"{which}_host", "").strip().lower()
    number = _number(given.get(f"{which}_port", ""), port)
    security = given.get(f"{which}_security", "") or Security.TLS
    if not host or not 0 < number < 65536 or security not in set(Security):  # noqa: PLR2004
        return None
    return Server(host, number, Security(security))


def _number(text: str, otherwise: int) -> int:
    number = whole_number(text, digits=5)
    return otherwise if number is None else number


def moment(text: str) -> datetime | None:
    """An ISO time with its zone, None if it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def stamp_of(account: Account) -> Stamp:
    """What signs this account's threads."""
    return Stamp(account.secrets.get("stamp", ""))


# --- who knows which server --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Provider:
    """A well-known provider: its servers, whose word on senders counts, what it does by itself."""

    imap: Server
    smtp: Server
    trusted: str = ""
    keeps_copies: bool = False
    takes_plus: bool = False
    renews_at: str = ""


def _at(imap: str, smtp: str, smtp_port: int = 465, **more: object) -> Provider:
    security = Security.TLS if smtp_port == 465 else Security.STARTTLS  # noqa: PLR2004
    return Provider(Server(imap, 993), Server(smtp, smtp_port, security), **more)  # type: ignore[arg-type]


_GOOGLE = _at(
    "imap.gmail.com", "smtp.gmail.com", trusted="mx.google.com", keeps_copies=True,
    takes_plus=True, renews_at="https://oauth2.googleapis.com/token",
)  # fmt: skip
_MICROSOFT = _at(
    "outlook.office365.com", "smtp.office365.com", 587, trusted="-", keeps_copies=True,
    takes_plus=True, renews_at="https://login.microsoftonline.com/common/oauth2/v2.0/token",
)  # fmt: skip
_APPLE = _at("imap.mail.me.com", "smtp.mail.me.com", 587, takes_plus=True)
_YAHOO = _at("imap.mail.yahoo.com", "smtp.mail.yahoo.com", keeps_copies=True)
_GMX = _at("imap.gmx.net", "mail.gmx.net")
_BY_DOMAIN = {
    "gmail.com": _GOOGLE,
    "googlemail.com": _GOOGLE,
    "outlook.com": _MICROSOFT,
    "hotmail.com": _MICROSOFT,
    "live.com": _MICROSOFT,
    "msn.com": _MICROSOFT,
    "icloud.com": _APPLE,
    "me.com": _APPLE,
    "mac.com": _APPLE,
    "yahoo.com": _YAHOO,
    "yahoo.co.uk": _YAHOO,
    "yahoo.de": _YAHOO,
    "yahoo.fr": _YAHOO,
    "gmx.de": _GMX,
    "gmx.net": _GMX,
    "gmx.at": _GMX,
    "gmx.ch": _GMX,
    "gmx.com": _at("imap.gmx.com", "mail.gmx.com"),
    "web.de": _at("imap.web.de", "smtp.web.de", 587),
    "t-online.de": _at("secureimap.t-online.de", "securesmtp.t-online.de"),
    "freenet.de": _at("mx.freenet.de", "mx.freenet.de"),
    "posteo.de": _at("posteo.de", "posteo.de", takes_plus=True),
    "mailbox.org": _at("imap.mailbox.org", "smtp.mailbox.org", takes_plus=True),
    "fastmail.com": _at("imap.fastmail.com", "smtp.fastmail.com", takes_plus=True),
    "zoho.com": _at("imap.zoho.com", "smtp.zoho.com", takes_plus=True),
    "zoho.eu": _at("imap.zoho.eu", "smtp.zoho.eu", takes_plus=True),
    "orange.fr": _at("imap.orange.fr", "smtp.orange.fr"),
    "free.fr": _at("imap.free.fr", "smtp.free.fr"),
    "laposte.net": _at("imap.laposte.net", "smtp.laposte.net"),
    "libero.it": _at("imapmail.libero.it", "smtp.libero.it"),
    "aol.com": _at("imap.aol.com", "smtp.aol.com"),
    "yandex.com": _at("imap.yandex.com", "smtp.yandex.com", takes_plus=True),
    "mail.ru": _at("imap.mail.ru", "smtp.mail.ru"),
}
_BY_SERVER = {
    "imap.gmail.com": _GOOGLE,
    "outlook.office365.com": _MICROSOFT,
    "imap.mail.me.com": _APPLE,
    "imap.mail.yahoo.com": _YAHOO,
}


def known_provider(domain: str, imap_host: str = "") -> Provider | None:
    """The provider of a domain, or the one whose server was named."""
    return _BY_SERVER.get(imap_host.lower()) or (None if imap_host else _BY_DOMAIN.get(domain))


def likely_imap(domain: str) -> list[Server]:
    """Doors that a domain's own mail server usually has, the likeliest first."""
    return [
        *(Server(f"{name}.{domain}", 993) for name in ("imap", "mail")),
        Server(domain, 993),
        *(Server(f"{name}.{domain}", 143, Security.STARTTLS) for name in ("imap", "mail")),
    ]


def likely_smtp(domain: str) -> list[Server]:
    """The same for sending."""
    names = (f"smtp.{domain}", f"mail.{domain}", domain)
    return [
        *(Server(name, 465) for name in names),
        *(Server(name, 587, Security.STARTTLS) for name in names),
    ]
