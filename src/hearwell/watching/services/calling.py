"""A call of a network on behalf of a watch: its costs are counted, a dead token renewed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.services.accounts import opened_account, renew_secrets
from hearwell.channels.services.metering import charge, make_sure_affordable
from hearwell.connect.contract import Connector, Receives, Searches
from hearwell.connect.failures import AccountDisabled, NeedsReauth, ScopeMissing, TargetGone
from hearwell.connect.model import Account, Inbound, RawPage
from hearwell.connect.registry import connector_for
from hearwell.connect.terms import Charge
from hearwell.connect.timelines import ReadsTimelines
from hearwell.kit.scope import scope
from hearwell.watching.rules import SAID


class Away(AccountDisabled):
    """Our account that reads is disconnected, paused or gone."""

    code = "away"
    default_message = "Our account that reads this is not connected."


class Reader(Connector, ReadsTimelines, Receives, Searches):
    """A connector that reads timelines; `search` is there where the class says so."""


@dataclass(frozen=True, slots=True)
class Line:
    """An account of ours with its secrets, and its connector."""

    channel: Channel
    account: Account
    connector: Reader

    @property
    def is_paid(self) -> bool:
        """Whether each message that is read costs money."""
        return bool(self.connector.item_charge)

    @property
    def hears_all(self) -> bool:
        """Whether what is said to others can be searched for."""
        return isinstance(cast("object", self.connector), Searches)

    def read(self, author: str, cursor: str | None, phase: str) -> tuple[RawPage, list[Inbound]]:
        """Return one page of what `author` says, or of what names it, and its items in order."""
        page = self._asked(author, cursor, phase)
        if page.charges:
            with scope(self.channel.workspace_id):
                charge(self.channel, page.charges)
        return page, [item for raw in page.raws for item in self.connector.parse(raw)]

    def _asked(self, author: str, cursor: str | None, phase: str) -> RawPage:
        with scope(self.channel.workspace_id):
            make_sure_affordable(self.channel, self._least())
        ask = self.connector.search if phase == SAID else self.connector.timeline
        try:
            return ask(self.account, author, cursor)
        except NeedsReauth:
            with scope(self.channel.workspace_id):
                renewed = renew_secrets(self.channel, self.account)
            return ask(renewed, author, cursor)

    def _least(self) -> Sequence[Charge]:
        """What a page costs at least."""
        what = self.connector.page_charge or self.connector.item_charge
        return (Charge(what),) if what else ()


def line_of(workspace_id: UUID, via_id: UUID) -> Line:
    """Open the account that reads. In the scope of its workspace. Raises Away, ScopeMissing."""
    channel = Channel.objects.filter(workspace_id=workspace_id, id=via_id).first()
    if channel is None or channel.state != ChannelState.ACTIVE:
        raise Away
    connector = connector_for(channel.network)
    if not isinstance(connector, ReadsTimelines) or not isinstance(connector, Receives):
        raise ScopeMissing
    return Line(channel, opened_account(channel), cast("Reader", connector))


__all__ = ["Away", "Line", "TargetGone", "line_of"]
