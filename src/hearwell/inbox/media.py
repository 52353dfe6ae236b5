"""Pictures and files of messages: fetched by the worker, kept, and served by us.

A browser that loaded them from the network would tell it who reads what and when, and addresses
die within the hour. Every file is fetched once and lies in the storage under its workspace and
message; one that cannot be had leaves a mark, so that nobody asks for it again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urljoin
from uuid import UUID

import httpx
import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.types import JSONDict

from hearwell.channels.models import Channel
from hearwell.channels.services.accounts import opened_account
from hearwell.connect import failures
from hearwell.connect.attachments import FILED, Attachment
from hearwell.connect.contract import Fetches
from hearwell.connect.registry import connector_for
from hearwell.conversations.models import Message
from hearwell.kit import http
from hearwell.kit.jobs import app
from hearwell.kit.scope import scope
from hearwell.outbound import services as outbound
from hearwell.outbound.queries import file_by_id

log = structlog.get_logger(__name__)
MAX_BYTES: Final = 25 * 1024 * 1024
MOST: Final = 20
# One file, whoever sends it: the worker has others to fetch.
LASTS_S: Final = 120.0
NO_FILES: Final = frozenset({"link", "quote"})
_REDIRECTS: Final = 3
# Unpacking would let a small answer become a huge one.
_AS_IT_IS: Final = {"Accept-Encoding": "identity"}
_LOST: Final = ".lost"
_OURS: Final = "ours:"
_FOR_NOW: Final = (
    httpx.codes.REQUEST_TIMEOUT,
    httpx.codes.TOO_EARLY,
    httpx.codes.TOO_MANY_REQUESTS,
)
One = Mapping[str, Any]


class LostError(Exception):
    """The file cannot be had, now or later."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is here. `name` is what its sender called it, or empty."""

    file: IO[bytes]
    size: int
    name: str


def ours(file: Attachment) -> dict[str, Any]:
    """A file that went out as Message.media holds it: it lies in the outbox, under its id."""
    return {
        "kind": file.kind,
        "url": "",
        "ref": _OURS + file.ref,
        "alt": file.alt,
        "name": file.name,
        "size": file.size,
    }


def is_ours(one: One) -> bool:
    """Say whether a file went out from here: there is nothing to fetch."""
    return str(one.get("ref") or "").startswith(_OURS)


def has_file(one: One) -> bool:
    """Say whether something attached is a file, and not only an address."""
    return one.get("kind") not in NO_FILES and bool(one.get("url") or one.get("ref"))


def is_filed(one: One) -> bool:
    """Say whether a file came out of an archive, which kept it or is gone: nobody can be asked."""
    return str(one.get("ref") or "").startswith(FILED)


def keep_filed(message: Message, waiting: Callable[[int], Path | None]) -> None:
    """Keep what an archive enclosed with a message; `waiting` says where each file lies.

    They are moved. What is here already stays as it is; a purged message keeps none.
    """
    for index, one in enumerate(message.media[:MOST]):
        path = waiting(index) if is_filed(one) else None
        place = _place(message, index)
        if path is not None and not default_storage.exists(place):
            with path.open("rb") as file:
                default_storage.save(place, _Moved(file))


class _Moved(File):  # type: ignore[type-arg]  # generic for mypy alone
    """A file that a storage on the same disk takes over without copying it."""

    def temporary_file_path(self) -> str:
        """Where it lies; Django's storage moves it from there."""
        return str(self.name)


def keep_later(messages: Sequence[Message]) -> None:
    """Queue the fetching for those new ones with files, with the transaction that we are in."""
    jobs = [
        _fetching(message.workspace_id, message.id).job
        for message in messages
        if any(_is_to_fetch(one) for one in message.media)
    ]
    if jobs:
        app.job_manager.batch_defer_jobs(jobs)


def _is_to_fetch(one: One) -> bool:
    return has_file(one) and not is_ours(one) and not is_filed(one)


def kept(workspace_id: UUID, message_id: UUID, index: int) -> Kept | None:
    """Open a file of a message; None if it has yet to be fetched, which is then queued.

    Raises Message.DoesNotExist where there is no such file, LostError where it cannot be had.
    """
    message = _shown(workspace_id).get(id=message_id)
    one = message.media[index] if index < min(len(message.media), MOST) else {}
    if not has_file(one):
        raise Message.DoesNotExist
    if is_ours(one):
        return _kept_by_us(workspace_id, one)
    place = _place(message, index)
    if default_storage.exists(place):
        name = str(one.get("name") or "")
        return Kept(default_storage.open(place), default_storage.size(place), name)
    if is_filed(one) or default_storage.exists(place + _LOST):
        raise LostError
    _queue(workspace_id, message_id)
    return None


def _kept_by_us(workspace_id: UUID, one: One) -> Kept:
    found = sent_file(workspace_id, UUID(str(one["ref"]).removeprefix(_OURS)))
    if found is None:
        raise LostError
    return found


def sent_file(workspace_id: UUID, file_id: UUID) -> Kept | None:
    """Open a file that goes out or went out; None if there is none of that id here."""
    found = file_by_id(workspace_id, file_id)
    return Kept(ContentFile(bytes(found.body)), found.size, found.name) if found else None


def keep(workspace_id: UUID, message_id: UUID) -> None:
    """Fetch what a message carries and is not here yet.

    Raises failures that may pass, when all has been asked for: one host that is down does not
    keep back what others have.
    """
    with scope(workspace_id):
        message = _shown(workspace_id).filter(id=message_id, channel_id__isnull=False).first()
        if message is None:
            return
        channel = Channel.objects.get(workspace_id=workspace_id, id=message.channel_id)
    trouble = _keep_all(channel, message)
    with scope(workspace_id):
        if not _shown(workspace_id).filter(id=message_id).exclude(media=[]).exists():
            drop(workspace_id, message_id)  # purged meanwhile, or its files alone
    if trouble is not None:
        raise trouble


def drop_later(messages: Sequence[Message]) -> None:
    """Queue the removal of what purged messages carried, with the transaction that we are in."""
    from hearwell.inbox.tasks import drop_media

    purged = [message for message in messages if message.is_purged]
    if purged:
        drop_media.batch_defer(*(named(one.workspace_id, one.id) for one in purged))


def drop(workspace_id: UUID, message_id: UUID) -> None:
    """Remove what was kept of a message."""
    with scope(workspace_id):
        message = Message.objects.filter(workspace_id=workspace_id, id=message_id).first()
        if message is not None and message.delivery_id is not None:
            outbound.drop_files(workspace_id, [message.delivery_id])
    folder = _folder(workspace_id, message_id)
    if default_storage.exists(folder):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)


def _shown(workspace_id: UUID) -> Any:
    return Message.objects.filter(workspace_id=workspace_id, is_purged=False).defer("search")


def _folder(workspace_id: UUID, message_id: UUID) -> str:
    return f"{workspace_id}/{message_id}"


def _place(message: Message, index: int) -> str:
    """Return where a file lies. An edit may put another in its place, which has another mark."""
    one = message.media[index]
    mark = sha256(str(one.get("ref") or one.get("url")).encode()).hexdigest()[:16]
    return f"{_folder(message.workspace_id, message.id)}/{index}-{mark}"


def _queue(workspace_id: UUID, message_id: UUID) -> None:
    try:
        with transaction.atomic():  # a duplicate must not spoil the caller's transaction
            _fetching(workspace_id, message_id).defer()
    except AlreadyEnqueued:
        return


def _fetching(workspace_id: UUID, message_id: UUID) -> JobDeferrer:
    """Return the fetching of a message's files, of which one at a time is queued and runs."""
    from hearwell.inbox.tasks import keep_media

    lock, whose = f"media:{message_id}", named(workspace_id, message_id)
    return keep_media.configure(queueing_lock=lock, lock=lock, task_kwargs=whose)


def named(workspace_id: UUID, message_id: UUID) -> JSONDict:
    """Return which message a job is about."""
    return {"workspace_id": str(workspace_id), "message_id": str(message_id)}


# --- fetching ----------------------------------------------------------------------------------


def _keep_all(channel: Channel, message: Message) -> Exception | None:
    """Fetch each file that is not here; return what went wrong last and may pass."""
    trouble: Exception | None = None
    for index, one in enumerate(message.media[:MOST]):
        place = _place(message, index)
        is_done = default_storage.exists(place) or default_storage.exists(place + _LOST)
        if _is_to_fetch(one) and not is_done:
            try:
                _keep_one(channel, one, place)
            except (failures.Failure, httpx.TransportError) as error:
                trouble = error
    return trouble


def _keep_one(channel: Channel, one: One, place: str) -> None:
    try:
        default_storage.save(place, ContentFile(_fetched(channel, one)))
    except LostError as error:
        log.info("media_lost", network=channel.network, place=place, why=str(error))
        default_storage.save(place + _LOST, ContentFile(b""))


def _fetched(channel: Channel, one: One) -> bytes:
    """Return the bytes; what needs our account comes through its connector."""
    url = str(one.get("url") or "")
    body = _downloaded(url) if url else _asked_for(channel, str(one["ref"]))
    if not body or len(body) > MAX_BYTES:
        message = f"{len(body)} bytes"
        raise LostError(message)
    return body


def _asked_for(channel: Channel, ref: str) -> bytes:
    connector = connector_for(channel.network)
    if not isinstance(connector, Fetches):
        raise LostError(channel.network)
    with scope(channel.workspace_id):
        account = opened_account(channel)
    try:
        found = connector.fetch_one(account, ref)
    except failures.Failure as failure:
        if failure.retryable:
            raise
        raise LostError(failure.network_code) from failure
    if found is None:
        raise LostError(ref)
    return found.body


def _downloaded(url: str) -> bytes:
    """Return what lies at a public address. Each redirect is checked as the first address is."""
    origins = settings.HEARWELL_EGRESS_ALLOW
    try:
        with http.client(None, origins=origins, max_bytes=MAX_BYTES, lasts_s=LASTS_S) as client:
            for _ in range(1 + _REDIRECTS):
                with client.stream("GET", url, headers=_AS_IT_IS) as response:
                    if not response.has_redirect_location:
                        return _body(response)
                    url = urljoin(url, response.headers["location"])
    # ValueError: an address that is none, in one of the many ways of not being one.
    except (
        http.AnswerTooLargeError,
        http.EgressDeniedError,
        httpx.InvalidURL,
        ValueError,
    ) as error:
        raise LostError(type(error).__name__) from error
    except httpx.ConnectError as error:
        if isinstance(error.__cause__, http.InsideError):
            raise LostError(str(error)) from error
        raise
    message = "too many redirects"
    raise LostError(message)


def _body(response: httpx.Response) -> bytes:
    if response.status_code == httpx.codes.OK:
        if response.headers.get("content-encoding", "identity") != "identity":
            message = "packed, though we did not ask for it"
            raise LostError(message)
        return b"".join(response.iter_raw())
    if response.status_code in _FOR_NOW or response.is_server_error:
        raise failures.Unavailable(network_code=str(response.status_code))
    raise LostError(str(response.status_code))
