"""What an SMTP server's refusals mean: by code and enhanced code (RFC 5321, 3463, 4954, 5248).

Never by the words: they differ from server to server and from one year to the next.
"""

from __future__ import annotations

import re

from hearwell.connect import failures

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_TRANSIENT = 4
# Enhanced codes of final refusals, without their first digit.
_FINAL: dict[str, type[failures.Failure]] = {
    "1.0": failures.TargetGone,
    "1.1": failures.TargetGone,
    "1.2": failures.TargetGone,
    "1.3": failures.TargetGone,
    "1.6": failures.TargetGone,
    "1.10": failures.TargetGone,
    "2.1": failures.TargetGone,
    "2.2": failures.Refused,
    "4.5": failures.QuotaExhausted,  # Gmail's daily limit
    "5.3": failures.Refused,
    "7.1": failures.NotAllowed,
    "7.8": failures.NeedsReauth,
    "7.9": failures.NeedsReauth,
    "7.13": failures.AccountDisabled,
    "7.14": failures.NeedsReauth,
    "7.57": failures.NeedsReauth,  # Microsoft: the client was not authenticated
    "7.60": failures.ScopeMissing,  # Microsoft: may not send as this address
    "7.139": failures.NeedsReauth,  # Microsoft: sign-in by password is switched off
    "7.708": failures.AccountDisabled,
}
_FINAL_CODES: dict[int, type[failures.Failure]] = {
    530: failures.NeedsReauth,
    534: failures.NeedsReauth,
    535: failures.NeedsReauth,
    538: failures.NotAllowed,
    550: failures.TargetGone,
    551: failures.TargetGone,
    553: failures.TargetGone,
    556: failures.TargetGone,
}
# What says "too fast" among what is only for now.
_TOO_FAST = frozenset({"2.1", "3.2", "4.5", "5.3", "7.28", "7.32"})
_SEND_AS = "The mail server does not let this user send from this address."


def enhanced(words: str) -> str:
    """The enhanced code in an answer, without its class ("1.1"), empty if there is none."""
    found = _ENHANCED.search(words)
    return f"{int(found[2])}.{int(found[3])}" if found else ""


def failure_for(code: int, words: str, command: str) -> failures.Failure:
    """The failure that a refusal stands for; `command` is what was refused, DATA for the mail.

    4xx is for now, whenever it comes: a server that says it has not taken the mail.
    """
    detail = enhanced(words)
    network_code = f"{code} {code // 100}.{detail}" if detail else str(code)
    if code // 100 == _TRANSIENT:
        return _for_now(detail, network_code)
    if detail == "3.4" or (code in {523, 552} and command != "RCPT"):
        return _too_large(network_code)
    if command == "MAIL" and (code in {550, 553, 554} or detail in {"7.1", "7.60"}):
        return failures.ScopeMissing(_SEND_AS, network_code=network_code)
    kind = _FINAL.get(detail) or _FINAL_CODES.get(code, failures.Refused)
    if kind is failures.TargetGone and detail.startswith("7."):
        kind = failures.NotAllowed  # a rule, whatever the code is used for elsewhere
    if kind is failures.TargetGone and command == "DATA" and not detail:
        kind = failures.NotAllowed  # it knew the recipient and dislikes the mail
    if kind is failures.QuotaExhausted:
        return failures.QuotaExhausted(None, network_code=network_code)
    return kind(_WORDS.get(kind, ""), network_code=network_code)


_WORDS: dict[type[failures.Failure], str] = {
    failures.TargetGone: "The customer's mail server does not know this address any more.",
    failures.NotAllowed: "A mail server on the way refused this mail by its rules.",
    failures.NeedsReauth: "The mail server refused user and password.",
}


def _for_now(detail: str, network_code: str) -> failures.Failure:
    if detail in _TOO_FAST:
        return failures.Throttled(None, "account", network_code=network_code)
    return failures.Unavailable(network_code=network_code)


def _too_large(network_code: str) -> failures.Failure:
    words = "The mail server finds this mail too large."
    return failures.MediaRejected(words, network_code=network_code)
