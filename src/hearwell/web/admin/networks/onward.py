"""What becomes of a chat's answers when the visitor has left: set on the account's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearwell.accounts.access import MemberRequest, requires
from hearwell.accounts.models import User
from hearwell.channels import queries
from hearwell.channels.models import Channel
from hearwell.inbox.mailboxes import BadChoiceError, choose_onward, mailboxes
from hearwell.kit.numbers import whole_number
from hearwell.webchat.queries import onward_of
from hearwell.webchat.rules import LONGEST_READING_S, NETWORK

_MINUTE_S: Final = 60


@dataclass(frozen=True)
class OnwardForm:
    """A chat's choice, with the accounts that it can be made from: (id, handle, is chosen)."""

    is_on: bool
    minutes: int
    mailboxes: list[tuple[str, str, bool]]
    longest: int = LONGEST_READING_S // _MINUTE_S


def onward_form(channel: Channel) -> OnwardForm | None:
    """Return the form of a chat; None for any other account."""
    if channel.network != NETWORK:
        return None
    chosen = onward_of(channel.workspace_id, channel.id)
    boxes = [
        (str(one.id), one.handle, one.id == chosen.mailbox_id)
        for one in mailboxes(channel.workspace_id)
    ]
    return OnwardForm(chosen.is_on, max(1, round(chosen.wait_s / _MINUTE_S)), boxes)


@requires("manage_channels")
@require_POST
def set_onward(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Store what was chosen, or say what is wrong with it."""
    channel = queries.channel_by_id(request.workspace.id, channel_id)
    if channel is None or channel.network != NETWORK:
        raise Http404
    minutes = whole_number(request.POST.get("minutes", ""), digits=5) or 0
    try:
        choose_onward(
            channel,
            is_on=request.POST.get("is_on") == "1",
            wait_s=minutes * _MINUTE_S,
            mailbox_id=_mailbox(request.POST.get("mailbox", "")),
            by=cast("User", request.user),
        )
    except BadChoiceError:
        words = _("Please choose 1 to %(n)s minutes and a listed mailbox. Nothing was changed.")
        messages.warning(request, words % {"n": LONGEST_READING_S // _MINUTE_S})
    else:
        messages.success(request, _("Saved. It holds for answers from now on."))
    return redirect("settings_network", channel.id)


def _mailbox(text: str) -> UUID | None:
    """Return the account that was chosen, None for "the one that fits". Raises BadChoiceError."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadChoiceError from None
