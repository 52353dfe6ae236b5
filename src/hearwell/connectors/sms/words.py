"""What people write to be left alone, and to be written to again.

The words of the carriers and of the provider, which keeps to them by itself; and what people write
in other languages, which we keep to all the same.
"""

from __future__ import annotations

import regex

_STOP = frozenset(
    {
        "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
        "opt out", "arret", "arrêt", "alto", "baja", "stopp", "abmelden", "إيقاف", "توقف",
    }
)  # fmt: skip
_START = frozenset({"start", "unstop", "yes", "subscribe", "anmelden", "ابدأ"})
_AROUND = regex.compile(r"^[\s\p{P}]+|(?<![\s\p{P}])[\s\p{P}]+$")


def wish_in(text: str) -> bool | None:
    """Return True for no more messages, False for messages again, None for anything else. PURE.

    Only the word alone is meant so: "stop by at nine" is not.
    """
    word = " ".join(_AROUND.sub("", text).casefold().split())
    if word in _STOP:
        return True
    return False if word in _START else None
