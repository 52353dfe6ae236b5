"""What can be done to a post on Harbour besides answering it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from hearwell.connect import failures
from hearwell.connect.model import Act, Audience
from hearwell.connectors.sandbox import wire

if TYPE_CHECKING:
    import httpx

    from hearwell.connect.contract import Place

ACTS: Final = frozenset(Act)
_HIDING: Final = frozenset({Act.HIDE, Act.UNHIDE})


def may(act: Act, ref: str, place: Place) -> bool:
    """Private messages can only be deleted, and only comments hidden."""
    is_comment = place.root_id not in {"", ref}
    is_public = place.audience is Audience.PUBLIC
    return act is Act.DELETE or (is_public and (act not in _HIDING or is_comment))


def do(client: httpx.Client, url: str, token: str, act: Act) -> None:
    """Do it; what is gone needs no deleting."""
    try:
        wire.write(client, url, token, {"act": act.value})
    except failures.TargetGone:
        if act is not Act.DELETE:
            raise


def path_of(ref: str) -> str:
    """Where an item takes them."""
    return f"items/{quote(ref, safe='')}/acts"
