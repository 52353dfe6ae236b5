"""Whether the visitor of a chat is still there, and where else they can be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from hearwell.conversations.queries import CasePage
from hearwell.web.components.clocks import duration
from hearwell.webchat.models import Visitor
from hearwell.webchat.queries import visitor_of_thread

NETWORK: Final = "webchat"
# A page that is open is heard of every 15 seconds.
GONE_AFTER: Final = timedelta(seconds=40)


@dataclass(frozen=True)
class VisitorFace:
    """A visitor in words. `left` is what stands there once they have left, also from now on."""

    name: str
    words: str
    left: str
    is_here: bool
    email: str = ""


def visitor_face(page: CasePage, at: datetime) -> VisitorFace | None:
    """Return the visitor of a chat's case, in one query; None for any other case."""
    threads = [one for one in page.conversations if one.network == NETWORK]
    if not threads:
        return None
    visitor = visitor_of_thread(page.case.workspace_id, threads[-1].thread_key)
    if visitor is None:
        return None
    name = page.contact_name or _("The visitor")
    is_here = visitor.left_at is None and at - visitor.seen_at < GONE_AFTER
    left = f"{_('%(name)s has left the chat.') % {'name': name}} {_reach(visitor)}"
    if is_here:
        words = _("%(name)s has the chat open.") % {"name": name}
    else:
        ago = duration((at - (visitor.left_at or visitor.seen_at)).total_seconds())
        gone = _("%(name)s left the chat %(ago)s ago.") % {"name": name, "ago": ago}
        words = f"{gone} {_reach(visitor)}"
    return VisitorFace(name, words, left, is_here, visitor.email)


def _reach(visitor: Visitor) -> str:
    if not visitor.email:
        return _("They left no e-mail address: an answer waits in the chat until they come back.")
    given = _("An answer waits in the chat; their e-mail address is %(email)s.")
    unproven = _("An answer waits in the chat; the e-mail address they gave is %(email)s.")
    return (given if visitor.is_proven else unproven) % {"email": visitor.email}
