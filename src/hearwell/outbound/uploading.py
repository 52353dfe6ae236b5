"""Files on their way: handed to the network before the post, or put into it.

All of this comes before the claim. Nobody sees an uploaded file before a post shows it, so that
it may be done again after whatever happened; the post itself stays the one call that may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.contract import Connector, Uploads
from hearwell.connect.model import Account, Draft
from hearwell.kit.clock import now
from hearwell.outbound.models import Delivery, File
from hearwell.outbound.services.files import forget_handle, has_handle, note_handle

_CHANGED = "A file is not the one that was approved, or is gone. Nothing was posted."
_PREPARING = "The network is still preparing a file. It goes out as soon as that is done."


def files_of(row: Delivery) -> list[File]:
    """The files of a delivery with their bytes; in the scope of its workspace."""
    if not row.draft["media"]:
        return []
    rows = File.objects.filter(workspace_id=row.workspace_id, delivery_id=row.id)
    return list(rows.order_by("id"))


def laden(connector: Connector, account: Account, draft: Draft, files: Sequence[File]) -> Draft:
    """The draft with what the connector needs of its files. Raises failures; nothing was posted.

    Handles are remembered as they come, so that the next attempt hands over only what is missing.
    """
    by_ref = {str(file.id): file for file in files}
    pairs = [(one, by_ref.get(one.ref)) for one in draft.media]
    for one, file in pairs:
        if file is None or sha256(file.body).hexdigest() != one.digest:
            raise failures.Refused(_CHANGED)
    sure = [(one, file) for one, file in pairs if file is not None]
    if not isinstance(connector, Uploads):
        media = [replace(one, body=bytes(file.body)) for one, file in sure]
    else:
        media = [_handed(connector, account, one, file) for one, file in sure]
    return replace(draft, media=tuple(media))


def _handed(uploads: Uploads, account: Account, one: Attachment, file: File) -> Attachment:
    """Hand a file over, unless the network has had it lately."""
    if not has_handle(file, now()):
        forget_handle(file)
        told = uploads.upload(account, replace(one, body=bytes(file.body)))
    elif file.is_prepared:
        return replace(one, handle=file.handle)
    else:
        told = _as_it_is(uploads, account, one, file)
    note_handle(file, told)
    if told.check_after is not None:
        # No trouble: the delivery goes back into the queue until it is ready.
        raise failures.Throttled(told.check_after, "media", _PREPARING, network_code="preparing")
    return replace(one, handle=file.handle)


def _as_it_is(uploads: Uploads, account: Account, one: Attachment, file: File) -> Uploaded:
    """Look at one that was not ready; the network may have dropped it meanwhile."""
    try:
        return uploads.prepared(account, file.handle)
    except failures.TargetGone:
        forget_handle(file)
        return uploads.upload(account, replace(one, body=bytes(file.body)))
