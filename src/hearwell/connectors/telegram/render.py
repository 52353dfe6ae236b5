"""Our drafts as the Bot API wants them, and what would stop them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hearwell.connect import preflight
from hearwell.connect.attachments import IMAGE, Attachment
from hearwell.connect.model import Audience, Draft, Problem
from hearwell.connect.signature import shown
from hearwell.connect.wording import BESIDE_A_FILE, TOO_LONG
from hearwell.connectors.telegram.manifest import MANIFEST

if TYPE_CHECKING:
    from hearwell.connect.model import Account


@dataclass(frozen=True, slots=True)
class Call:
    """A method of the Bot API with its fields, and the files that go along, by their fields."""

    method: str
    body: dict[str, Any]
    files: dict[str, tuple[str, bytes, str]] = field(default_factory=dict, repr=False)


def call_for(draft: Draft) -> Call:
    """What sends it: a photo where it is one that Telegram shows, any other file as a document.

    Several files are an album, with the text beside the first. Documents go with documents only,
    so one file that is no photo makes documents of all.
    """
    body, said = _address(draft), shown(draft)
    if not draft.media:
        return Call("sendMessage", {**body, "text": said})
    caption = {"caption": said} if said else {}
    kind = "photo" if all(_is_photo(file) for file in draft.media) else "document"
    files = [(file.name, file.body, file.mime) for file in draft.media]
    if len(files) == 1:
        method = "sendPhoto" if kind == "photo" else "sendDocument"
        return Call(method, {**body, **caption}, {kind: files[0]})
    named = {f"file{number}": file for number, file in enumerate(files)}
    album = [{"type": kind, "media": f"attach://{name}"} for name in named]
    album[0] |= caption
    return Call("sendMediaGroup", {**body, "media": album}, named)


def _is_photo(file: Attachment) -> bool:
    limit = MANIFEST.media_rule.limit_for(file)
    return limit is not None and limit.kind == IMAGE


def _address(draft: Draft) -> dict[str, Any]:
    """Which chat, and in a group whom it answers."""
    chat, connection = chat_of(draft.thread_key)
    body: dict[str, Any] = {"chat_id": chat}
    if connection:
        body["business_connection_id"] = connection
    asked_in, _, number = (draft.parent_id or "").rpartition(":")
    if number.isdigit() and asked_in == str(chat) and draft.audience is Audience.PUBLIC:
        # Who asked in a group is answered there by name; a question that is gone still is. In a
        # group that has moved since, its number is somebody else's.
        reply = {"message_id": int(number), "allow_sending_without_reply": True}
        body["reply_parameters"] = reply
    return body


def chat_of(thread_key: str) -> tuple[int, str]:
    """The chat of a thread and its business connection, if it has one; 0 for no chat of ours."""
    kind, _, rest = thread_key.partition(":")
    if kind == "business":
        connection, _, rest = rest.partition(":")
    else:
        connection = ""
    number = rest.partition(":")[0]
    return (int(number) if number.removeprefix("-").isdecimal() else 0), connection


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(account, draft, "This reply was written for another bot."),
        _no_target(draft),
        _empty_or_too_long(draft),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(draft: Draft) -> Problem | None:
    if chat_of(draft.thread_key)[0]:
        return None
    return Problem("target_gone", "A bot can only answer somebody who wrote to it.")


def _empty_or_too_long(draft: Draft) -> Problem | None:
    caption = MANIFEST.caption if draft.media else None
    rule = caption or MANIFEST.text_rule(draft.audience)
    words = BESIDE_A_FILE if caption else TOO_LONG
    long = preflight.too_long(rule, shown(draft), "Telegram", words)
    return preflight.nothing(draft) or long
