"""Connect a mailbox from what a person filled in: guess the servers, try them, keep what worked."""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

from hearwell.connect import failures
from hearwell.connect.connecting import Connected, FieldRefused
from hearwell.connect.wording import Wording
from hearwell.connectors.email import oauth, smtp
from hearwell.connectors.email.addresses import ascii_domain, normal, shown
from hearwell.connectors.email.imap import session
from hearwell.connectors.email.lines import Opens, connected
from hearwell.connectors.email.mailbox import (
    Mailbox,
    Provider,
    Security,
    Server,
    SignIn,
    known_provider,
    likely_imap,
    likely_smtp,
)
from hearwell.kit import clock

T = TypeVar("T")
_TRY_S = 6.0
NO_FOLDER = Wording("There is no folder %(name)s in this mailbox.")
REFUSED = Wording("%(server)s refused user and password. Many providers want an app password.")


def joined(
    opener: Opens, open_client: oauth.OpenClient, given: Mapping[str, str], timeout_s: float
) -> Connected:
    """Try what was filled in. Raises FieldRefused and failures, in words for the person."""
    address = normal(given.get("address", ""))
    if not address:
        words = "This is no e-mail address."
        raise FieldRefused(field_name="address", message=words)
    domain = address.rpartition("@")[2]
    provider = known_provider(domain, given.get("imap_host", ""))
    settings = _settings(given, address, provider)
    secrets = _secrets(given, settings, open_client)
    imap = _server(opener, given, "imap", provider, likely_imap(domain))
    smtp_server = _server(opener, given, "smtp", provider, likely_smtp(domain))
    box = Mailbox(
        address=address,
        user=settings["user"],
        imap=imap,
        smtp=smtp_server,
        sign_in=SignIn(settings["sign_in"]),
        folders=tuple(name.strip() for name in settings["folders"].split(",")),
    )
    sent = _tried(opener, box, secrets, timeout_s)
    settings |= _doors(box) | {"sent": sent}
    return Connected(
        external_id=address,
        handle=shown(address),
        settings={name: value for name, value in settings.items() if value},
        secrets=secrets | {"stamp": random_secrets.token_urlsafe(32)},
        scopes=frozenset({"read", "write"}),
    )


def _settings(given: Mapping[str, str], address: str, provider: Provider | None) -> dict[str, str]:
    """What is kept in the open."""
    kept = {
        name: given.get(name, "").strip()
        for name in ("name", "signature", "trusted", "forms", "client_id", "history_days")
    }
    sign_in = given.get("sign_in") or SignIn.PASSWORD.value
    if sign_in not in set(SignIn):
        raise FieldRefused(field_name="sign_in")
    days = _days(given, "open_days")
    _days(given, "history_days")
    known = provider or Provider(Server("", 0), Server("", 0))
    return {
        **kept,
        "address": address,
        "user": given.get("user", "").strip() or address,
        "sign_in": sign_in,
        "folders": given.get("folders", "").strip() or "INBOX",
        "trusted": kept["trusted"] or known.trusted,
        "keeps_copies": "1" if known.keeps_copies else "",
        "takes_plus": given.get("takes_plus", "") or ("1" if known.takes_plus else ""),
        "renews_at": given.get("renews_at", "").strip() or known.renews_at,
        "since": (clock.now() - days).isoformat(),
    }


def _days(given: Mapping[str, str], name: str) -> timedelta:
    text = given.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 3650 and len(text) < 6):  # noqa: PLR2004
        words = "Please give a number of days, at most 3650."
        raise FieldRefused(field_name=name, message=words)
    return timedelta(days=int(text))


def _secrets(
    given: Mapping[str, str], settings: Mapping[str, str], open_client: oauth.OpenClient
) -> dict[str, str]:
    """The password, or the tokens with an access token got just now."""
    if settings["sign_in"] == SignIn.PASSWORD.value:
        if not given.get("password"):
            words = "Please give the password, or an app password."
            raise FieldRefused(field_name="password", message=words)
        return {"password": given["password"]}
    if not given.get("refresh"):
        words = "Please give the refresh token."
        raise FieldRefused(field_name="refresh", message=words)
    if not settings["renews_at"].startswith("https://"):
        words = "Please give the address that tokens are renewed at (https://…)."
        raise FieldRefused(field_name="renews_at", message=words)
    tokens = {name: given.get(name, "") for name in ("refresh", "client_secret")}
    return oauth.renewed(open_client, settings, tokens)


def _server(
    opener: Opens,
    given: Mapping[str, str],
    which: str,
    provider: Provider | None,
    likely: list[Server],
) -> Server:
    """The server that was named, the provider's, or the first likely one that answers."""
    host = given.get(f"{which}_host", "").strip().lower()
    if host:
        return _named(given, which, host)
    if provider is not None:
        return provider.imap if which == "imap" else provider.smtp
    for server in likely:
        try:
            connected(opener, server, _TRY_S).close()
        except failures.Failure:
            continue
        return server
    words = "We did not find the mail server of this address. Please name it."
    raise FieldRefused(field_name=f"{which}_host", message=words)


def _named(given: Mapping[str, str], which: str, host: str) -> Server:
    is_address = host.replace(".", "").isdigit() or ":" in host
    if not is_address and host != "localhost" and not ascii_domain(host):
        words = "This is no name of a server."
        raise FieldRefused(field_name=f"{which}_host", message=words)
    security = given.get(f"{which}_security", "")
    if security and security not in set(Security):
        raise FieldRefused(field_name=f"{which}_security")
    text = given.get(f"{which}_port", "").strip()
    if text and not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536):  # noqa: PLR2004
        words = "A port is a number from 1 to 65535."
        raise FieldRefused(field_name=f"{which}_port", message=words)
    if not security:
        starts_plain = text in {"143", "587", "25", "2525"}
        security = Security.STARTTLS.value if starts_plain else Security.TLS.value
    defaults = _PORTS[which]
    return Server(host, int(text or defaults[security == Security.TLS]), Security(security))


_PORTS = {"imap": (143, 993), "smtp": (587, 465)}


def _tried(opener: Opens, box: Mailbox, secrets: Mapping[str, str], timeout_s: float) -> str:
    """Sign in both ways and open the folders; returns where sent mail is kept."""

    def read() -> str:
        with session(opener, box, secrets, timeout_s) as folders:
            for name in box.folders:
                _opens(folders.examine, name)
            return folders.sent_folder()

    sent = _at(read, "imap", box.imap)
    _at(lambda: smtp.check(opener, box, secrets, timeout_s), "smtp", box.smtp)
    return sent


def _opens(examine: Callable[[str], object], name: str) -> None:
    try:
        examine(name)
    except (failures.TargetGone, failures.Unavailable) as failure:
        if failure.network_code in {"NONEXISTENT", "NO"}:
            raise FieldRefused(field_name="folders", message=NO_FOLDER(name=name)) from failure
        raise


def _at(look: Callable[[], T], which: str, server: Server) -> T:
    """Look; a refusal says which of the two servers it came from."""
    try:
        return look()
    except failures.NotAllowed as failure:
        raise FieldRefused(field_name=f"{which}_host", message=failure.message) from failure
    except failures.NeedsReauth as failure:
        words = REFUSED(server=server.host)
        raise failures.NeedsReauth(words, network_code=failure.network_code) from None


def _doors(box: Mailbox) -> dict[str, str]:
    doors = {}
    for which, server in (("imap", box.imap), ("smtp", box.smtp)):
        doors[f"{which}_host"] = server.host
        doors[f"{which}_port"] = str(server.port)
        doors[f"{which}_security"] = server.security.value
    return doors
