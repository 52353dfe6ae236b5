"""Records of what others said: channels of the archive with nobody behind them."""

from __future__ import annotations

from uuid import UUID

from hearwell.channels.models import Brand, Channel, ChannelState


def drop_record_channel(workspace_id: UUID, channel_id: UUID) -> None:
    """Remove the channel of a record that is empty; its brand, too, where it had no other.

    In the caller's scope. What is no record of a watch stays.
    """
    record = Channel.objects.filter(
        workspace_id=workspace_id, id=channel_id, state=ChannelState.READ_ONLY,
        network="archive", settings__has_key="watched",
    ).first()  # fmt: skip
    if record is None:
        return
    brand_id = record.brand_id
    record.delete()
    if not Channel.objects.filter(workspace_id=workspace_id, brand_id=brand_id).exists():
        Brand.objects.filter(workspace_id=workspace_id, id=brand_id).delete()
