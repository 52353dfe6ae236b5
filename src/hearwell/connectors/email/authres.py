"""What the account's own server found out about a sender (Authentication-Results, RFC 8601).

Anybody can write such a header. Only the topmost one that names the server which the account
trusts counts; that server takes out what others wrote in its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hearwell.connect.model import Authenticity

NO_ID = "-"
"""Set as the trusted server where the provider writes no name (Microsoft 365)."""
_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]{2,12})\b", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(header\.d|header\.i|header\.from|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]{1,320})"
)
_BAD = frozenset({"fail", "permerror"})
_BOTH = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict, and the results it comes from in words ("spf=pass dkim=pass dmarc=pass")."""

    verdict: Authenticity
    detail: str


def checked(headers: Sequence[str], trusted: str, sender: str) -> Checked | None:
    """Judge who wrote a mail; None where the account's server says nothing or none is trusted.

    A mail is proven by DMARC, or by a signature (DKIM) or server (SPF) of the sender's own
    domain; it is forged where the domain's own rule (DMARC) says so, or where both others failed.
    A failed SPF alone is what every forwarded mail has.
    """
    results = _results_of(headers, trusted)
    if not results:
        return None
    detail = " ".join(f"{method}={outcome}" for method, (outcome, _) in results.items())
    return Checked(_verdict(results, sender.rpartition("@")[2]), detail[:200])


def _results_of(headers: Sequence[str], trusted: str) -> Mapping[str, tuple[str, str]]:
    """Method → (outcome, domain it speaks for) of the header to be believed."""
    for place, header in enumerate(headers):
        if trusted == NO_ID and place:
            break
        plain = _COMMENT.sub(" ", _COMMENT.sub(" ", header))
        name, _, rest = plain.partition(";")
        is_named = bool(trusted) and name.strip().split(" ")[0].lower() == trusted.lower()
        if is_named or (trusted == NO_ID and "=" in name):
            return _read(plain if trusted == NO_ID else rest)
    return {}


def _read(text: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for clause in text.split(";")[:50]:
        result = _RESULT.search(clause)
        if result is None:
            continue
        method, outcome = result[1].lower(), result[2].lower()
        properties = dict(_PROPERTY.findall(clause))
        domain = (
            properties.get("header.d")
            or properties.get("header.i", "").rpartition("@")[2]
            or properties.get("header.from")
            or properties.get("smtp.mailfrom", "").rpartition("@")[2]
        )
        # Of several signatures one that is good is enough.
        if method not in found or (outcome == "pass" and found[method][0] != "pass"):
            found[method] = (outcome, domain.lower())
    return found


def _verdict(results: Mapping[str, tuple[str, str]], domain: str) -> Authenticity:
    dmarc = results.get("dmarc", ("", ""))[0]
    if dmarc == "pass":
        return Authenticity.PROVEN
    if dmarc == "fail":
        return Authenticity.FORGED
    by_domain = [results[name] for name in ("dkim", "spf") if name in results]
    if any(outcome == "pass" and _is_aligned(other, domain) for outcome, other in by_domain):
        return Authenticity.PROVEN
    if len(by_domain) == _BOTH and all(outcome in _BAD for outcome, _ in by_domain):
        return Authenticity.FORGED
    return Authenticity.UNPROVEN


def _is_aligned(other: str, domain: str) -> bool:
    """Whether one is the other, or a part of it."""
    return (
        bool(other and domain)
        and (other == domain or domain.endswith(f".{other}") or other.endswith(f".{domain}"))
        and "." in other
    )
