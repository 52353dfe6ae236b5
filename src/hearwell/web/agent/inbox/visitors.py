"""Whether the visitor of a chat is still there, and which way an answer will reach them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hearwell.channels.models import Channel
from hearwell.conversations.queries import CasePage
from hearwell.inbox.mailboxes import mailbox_for
from hearwell.web.components.clocks import duration
from hearwell.webchat.models import Onward, Visitor
from hearwell.webchat.queries import visitor_of_thread
from hearwell.webchat.rules import NETWORK, gone_since

_MINUTE_S = 60


@dataclass(frozen=True)
class VisitorFace:
    """A visitor in words. `left` is what stands there once they have left, also from now on.

    `hint_url` leads to where the agent or somebody else can make more possible, `hint` says what.
    `goes_on` says that an answer reaches their `email` by itself.
    """

    name: str
    words: str
    left: str
    is_here: bool
    email: str = ""
    goes_on: bool = False
    hint: str = ""
    hint_url: str = ""


@dataclass(frozen=True)
class _Reach:
    words: str
    goes_on: bool = False
    hint: str = ""
    hint_url: str = ""


def visitor_face(
    page: CasePage, at: datetime, channels: dict[UUID, Channel], *, may_connect: bool
) -> VisitorFace | None:
    """Return the visitor of a chat's case; None for any other case.

    One query; two where they left an address.
    """
    threads = [one for one in page.conversations if one.network == NETWORK]
    if not threads:
        return None
    found = visitor_of_thread(page.case.workspace_id, threads[-1].thread_key)
    if found is None:
        return None
    visitor, onward = found
    name = page.contact_name or _("The visitor")
    gone = gone_since(visitor.seen_at, visitor.left_at, at)
    reach = _Reach(_("They went on by e-mail: your answer goes there."), goes_on=True)
    if page.case.network == NETWORK:
        reach = _reach(
            visitor, onward, channels.get(threads[-1].channel_id), may_connect=may_connect
        )
    left = f"{_('%(name)s has left the chat.') % {'name': name}} {reach.words}"
    if gone is None:
        words = _("%(name)s has the chat open.") % {"name": name}
    else:
        ago = duration((at - gone).total_seconds())
        said = _("%(name)s left the chat %(ago)s ago.") % {"name": name, "ago": ago}
        words = f"{said} {reach.words}"
    return VisitorFace(
        name, words, left, gone is None, visitor.email, reach.goes_on, reach.hint, reach.hint_url
    )


def _reach(visitor: Visitor, onward: Onward, chat: Channel | None, *, may_connect: bool) -> _Reach:
    """Say which way an answer will go, in plain words, before it is written."""
    if not visitor.email:
        return _Reach(
            _("They left no e-mail address: an answer waits in the chat until they come back.")
        )
    mailbox = mailbox_for(onward, chat) if chat and onward.is_on else None
    if mailbox is not None:
        return _Reach(_goes_on(visitor, onward.wait_s, mailbox.handle), goes_on=True)
    given = _("An answer waits in the chat; their e-mail address is %(email)s.")
    unproven = _("An answer waits in the chat; the e-mail address they gave is %(email)s.")
    words = (given if visitor.is_proven else unproven) % {"email": visitor.email}
    if chat is None or not may_connect:
        return _Reach(words)
    if not onward.is_on:
        url = f"{reverse('settings_network', args=[chat.id])}#onward"
        return _Reach(words, hint=_("Have answers go on by e-mail"), hint_url=url)
    url = reverse("connect_choose")
    return _Reach(words, hint=_("Connect a mailbox, and answers go on by e-mail"), hint_url=url)


def _goes_on(visitor: Visitor, wait_s: int, mailbox: str) -> str:
    minutes = max(1, round(wait_s / _MINUTE_S))
    time = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    sure = _(
        "Your answer goes into the chat and, if it is not read there within %(time)s, by e-mail"
        " from %(mailbox)s to %(email)s."
    )
    unproven = _(
        "Your answer goes into the chat and, if it is not read there within %(time)s, by e-mail"
        " from %(mailbox)s to the address they gave, %(email)s."
    )
    values = {"time": time, "mailbox": mailbox, "email": visitor.email}
    return (sure if visitor.is_proven else unproven) % values
