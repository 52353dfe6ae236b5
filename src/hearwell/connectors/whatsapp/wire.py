"""What the Cloud API's own errors mean, beside those of the Graph, and how a file is fetched.

By ``error.code``, never by the words: Meta changes those. The codes are those of its page on
errors, in the classes that pywa 4.5 sorts them into.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

import httpx

from hearwell.connect import failures
from hearwell.connectors.meta.failing import COMMON, Meaning, Table
from hearwell.connectors.meta.wire import BASE
from hearwell.connectors.whatsapp.manifest import MANIFEST

F = failures
_UNREGISTERED: Final = "This number is not registered with the Cloud API."
_NO_SUCH_VALUE: Final = "A blank of the template takes no such value."
_FEWER: Final = "WhatsApp did not deliver this, so that people get fewer such messages."
_WINDOW: Final = "More than 24 hours have passed since the customer wrote: send a template instead."
# Whether it was done, Meta itself does not know.
_DOUBT: Final = (131000, 131016, 135000)
_SLOW: Final = {
    130429: "account", 131048: "account", 131056: "user", 131057: "account", 131064: "account",
    133016: "account",
}  # fmt: skip
_NO: Final[dict[int, Meaning]] = {
    0: Meaning(F.NeedsReauth, "Meta does not accept the token. Please connect the number again."),
    131005: Meaning(F.ScopeMissing, "The token lacks whatsapp_business_messaging."),
    131031: Meaning(F.AccountDisabled, "Meta has locked this WhatsApp account."),
    131037: Meaning(F.AccountDisabled, "The number's display name has yet to be approved by Meta."),
    131042: Meaning(F.AccountDisabled, "Meta has no valid means of payment for this account."),
    131045: Meaning(F.AccountDisabled, _UNREGISTERED),
    133010: Meaning(F.AccountDisabled, _UNREGISTERED),
    131047: Meaning(F.WindowClosed, _WINDOW),
    130472: Meaning(F.NotAllowed, "WhatsApp keeps marketing messages from this person."),
    130497: Meaning(F.NotAllowed, "This number may not write to people in that country."),
    131021: Meaning(F.NotAllowed, "A number cannot write to itself."),
    131026: Meaning(F.NotAllowed, "This person cannot be reached on WhatsApp."),
    131030: Meaning(F.NotAllowed, "A test number reaches only the people on its list at Meta."),
    131049: Meaning(F.NotAllowed, _FEWER),
    131050: Meaning(F.NotAllowed, "This person wants no more marketing messages from you."),
    131062: Meaning(F.NotAllowed, "This message needs the person's phone number: it is not known."),
    137000: Meaning(F.NotAllowed, "This person's identity has changed. Wait until they write."),
    131051: Meaning(F.Refused, "WhatsApp does not take this kind of message."),
    131063: Meaning(F.Refused, "Marketing templates cannot be sent this way from this account."),
    131052: Meaning(F.MediaRejected, "WhatsApp could not fetch the file."),
    131053: Meaning(F.MediaRejected, "WhatsApp does not take this file."),
    132000: Meaning(F.Refused, "The template has another number of blanks. Choose it again."),
    132001: Meaning(F.Refused, "This template does not exist in that language or is not approved."),
    132005: Meaning(F.Refused, "The template is too long with what was filled in."),
    132007: Meaning(F.Refused, "What was filled in breaks WhatsApp's rules for templates."),
    132008: Meaning(F.Refused, _NO_SUCH_VALUE),
    132012: Meaning(F.Refused, _NO_SUCH_VALUE),
    132015: Meaning(F.Refused, "WhatsApp has paused this template for its low quality."),
    132016: Meaning(F.Refused, "WhatsApp has switched this template off for good."),
    132018: Meaning(F.Refused, "A blank of a template takes one line, without tabs."),
}
TABLE: Final[Table] = {
    **COMMON,
    **{(code, 0): Meaning(F.OutcomeUnknown) for code in _DOUBT},
    **{(code, 0): Meaning(F.Throttled, scope=scope) for code, scope in _SLOW.items()},
    **{(code, 0): meaning for code, meaning in _NO.items()},
}


def download(client: httpx.Client, url: str, token: str, at: str) -> bytes:
    """The bytes at an address of the network's; the token goes to no other host."""
    host = urlsplit(url).hostname or ""
    if host not in MANIFEST.hosts and not url.startswith(f"{at}/"):
        raise failures.ContractChanged(network_code="media host")
    try:
        response = client.get(_moved(url, at), headers={"authorization": f"Bearer {token}"})
    except httpx.TransportError as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    if response.status_code == httpx.codes.NOT_FOUND:
        raise failures.TargetGone(network_code="404")
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise failures.NeedsReauth(network_code="401")
    if response.status_code != httpx.codes.OK:
        raise failures.Unavailable(network_code=str(response.status_code))
    return response.content


def _moved(url: str, at: str) -> str:
    """The same address at the origin that stands for the network."""
    if at == BASE:
        return url
    parts, there = urlsplit(url), urlsplit(at)
    return urlunsplit((there.scheme, there.netloc, parts.path, parts.query, ""))
