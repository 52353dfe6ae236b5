"""Our own web chat in the settings: the line for a site's pages, and a page to try it on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.channels import queries
from hearwell.channels.models import Channel, ChannelState
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.web.admin.frame import draw


@dataclass(frozen=True)
class Tag:
    """The script that shows a chat: its address here, and the line with the whole one."""

    src: str

    @property
    def line(self) -> str:
        """What is pasted into a page. The address holds nothing that HTML would mistake."""
        return f'<script type="module" src="{settings.HEARWELL_URL}{self.src}"></script>'


def tag_of(channel: Channel) -> Tag | None:
    """Return the script of a chat that we serve ourselves; None for any other account."""
    try:
        is_ours = connector_for(channel.network).manifest.is_hosted_here
    except UnknownNetworkError:
        return None
    hook = queries.hook_path(channel) if is_ours else None
    if hook is None:
        return None
    return Tag(f"/chat/{hook.removeprefix(queries.HOOKS)}/widget.js")


@requires("manage_channels")
@require_safe
def try_chat(request: MemberRequest, channel_id: UUID) -> HttpResponse:
    """Show the chat as visitors see it."""
    channel = queries.channel_by_id(request.workspace.id, channel_id)
    tag = tag_of(channel) if channel else None
    if channel is None or tag is None or channel.state == ChannelState.DISCONNECTED:
        raise Http404
    return draw(request, "chat_try", "settings_networks", {"channel": channel, "tag": tag})
