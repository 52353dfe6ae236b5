"""What a person can do about a reply that did not simply go out."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hearwell.web.components.thread import Settle

# state -> (act, words, right)
_WAYS: Final[dict[str, tuple[tuple[str, str | Promise, str], ...]]] = {
    "approval": (("recall", _("Take it back"), "reply"),),
    "stale": (("anyway", _("Send anyway"), "reply"), ("give_up", _("Take it back"), "reply")),
    "held": (("release", _("Release"), "kill_switch"), ("give_up", _("Take it back"), "reply")),
    "needs_human": (
        ("posted", _("It was posted"), "reply"),
        ("again", _("It was not; post it again"), "reply"),
        ("give_up", _("It was not; let it be"), "reply"),
    ),
    "failed": (("redraft", _("Text back into the composer"), "reply"),),
}


# What only the author may do, or somebody with that right.
_OWN: Final = {"recall": "approve"}


def settles_of(state: str, rights: Container[str], *, is_theirs: bool = False) -> list[Settle]:
    """Return the buttons under a reply in this state, for somebody with these rights."""
    return [
        Settle(act, str(words))
        for act, words, right in _WAYS.get(state, ())
        if right in rights and (is_theirs or act not in _OWN or _OWN[act] in rights)
    ]
