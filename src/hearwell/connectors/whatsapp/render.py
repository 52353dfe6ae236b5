"""Our drafts as the Cloud API wants them, and what would stop them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from hearwell.connect import preflight
from hearwell.connect.attachments import IMAGE, Attachment
from hearwell.connect.mediarule import VIDEO
from hearwell.connect.model import Draft, Problem
from hearwell.connect.templates import Filled, Template, template_named
from hearwell.connect.wording import BESIDE_A_FILE, TOO_LONG
from hearwell.connectors.whatsapp.manifest import MANIFEST, TEMPLATE_LIMIT
from hearwell.connectors.whatsapp.parse import person_in
from hearwell.connectors.whatsapp.templates import kept_in

if TYPE_CHECKING:
    from hearwell.connect.model import Account

_MESSAGE_ID: Final = "wamid."
# What a blank may not hold, as the network checks it (error 132018).
_NOT_IN_A_BLANK: Final = re.compile(r"[\n\t]| {5,}")
_CLOSED: Final = (
    "The customer last wrote more than 24 hours ago. WhatsApp now takes only an approved template:"
    " choose one above the text."
)


def body_for(draft: Draft, key: str) -> dict[str, Any]:
    """The message as ``/messages`` takes it. ``key`` comes back in its receipts."""
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(draft),
        "biz_opaque_callback_data": key,
    }
    if (draft.parent_id or "").startswith(_MESSAGE_ID):
        body["context"] = {"message_id": draft.parent_id}
    return body | _content(draft)


def _recipient(draft: Draft) -> dict[str, str]:
    """By phone where it is known, else by business-scoped id (``recipient``).

    The conversation says who is meant: after a change of number the message that is answered has
    the old phone on it, which may belong to a stranger by now.
    """
    person = person_in(draft.thread_key)
    if "." not in person:
        return {"to": person}
    phone = draft.to.handle if draft.to and draft.to.external_id == person else ""
    number = phone.removeprefix("+")
    return {"to": number} if phone != number and number.isdigit() else {"recipient": person}


def _content(draft: Draft) -> dict[str, Any]:
    if draft.template is not None:
        return {"type": "template", "template": _template(draft.template)}
    if not draft.media:
        return {"type": "text", "text": {"body": draft.text, "preview_url": True}}
    file = draft.media[0]
    kind = kind_of(file)
    caption = {"caption": draft.text} if draft.text.strip() else {}
    name = {"filename": file.name} if kind == "document" else {}
    return {"type": kind, kind: {"id": file.handle, **caption, **name}}


def kind_of(file: Attachment) -> str:
    """What the network calls a file of this kind."""
    limit = MANIFEST.media_rule.limit_for(file)
    return limit.kind if limit is not None and limit.kind in {IMAGE, VIDEO} else "document"


def _template(filled: Filled) -> dict[str, Any]:
    components = []
    for part in ("header", "body"):
        told = [_parameter(blank, said) for blank, said in filled.values if _part(blank) == part]
        if told:
            components.append({"type": part, "parameters": told})
    language = {"code": filled.language, "policy": "deterministic"}
    body: dict[str, Any] = {"name": filled.name, "language": language}
    return body | ({"components": components} if components else {})


def _part(blank: str) -> str:
    return blank.partition(":")[0]


def _parameter(blank: str, said: str) -> dict[str, str]:
    name = blank.partition(":")[2]
    named = {} if name.isdigit() else {"parameter_name": name}
    return {"type": "text", **named, "text": said}


# --- what would stop it ------------------------------------------------------------------------


def problems(account: Account, draft: Draft, now: datetime) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(account, draft, "This reply was written for another number."),
        _no_target(draft),
        _window(draft, now),
        _template_gone(account, draft) or _blanks(draft),
        _empty_or_too_long(draft),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def is_closed(draft: Draft, now: datetime) -> bool:
    """Whether the time for free words has passed; without a time nobody can say."""
    window = MANIFEST.window(draft.audience)
    seen = draft.parent_seen_at
    return window is not None and seen is not None and seen + window <= now


def _no_target(draft: Draft) -> Problem | None:
    if person_in(draft.thread_key):
        return None
    return Problem("target_gone", "WhatsApp can only answer somebody who wrote to this number.")


def _window(draft: Draft, now: datetime) -> Problem | None:
    if draft.template is not None or not is_closed(draft, now):
        return None
    return Problem("window_closed", _CLOSED)


def _template_gone(account: Account, draft: Draft) -> Problem | None:
    if draft.template is None:
        return None
    if draft.media:
        return Problem("refused", "A template takes no files. Remove them.")
    known = template_named(kept_in(account.settings), draft.template)
    if known is None:
        return Problem("refused", "This template is no longer approved. Choose another one.")
    return None if _says(known, draft.template, draft.text) else _altered()


def _says(known: Template, filled: Filled, text: str) -> bool:
    values = dict(filled.values)
    return known.blanks == tuple(values) and known.text(values) == text.strip()


def _altered() -> Problem:
    words = "A template is sent word for word. Fill in its blanks and leave the rest as it is."
    return Problem("refused", words)


def _blanks(draft: Draft) -> Problem | None:
    values: Sequence[tuple[str, str]] = draft.template.values if draft.template else ()
    if any(not said.strip() for _, said in values):
        return Problem("refused", "Fill in every blank of the template.")
    if any(_NOT_IN_A_BLANK.search(said) for _, said in values):
        return Problem("refused", "A blank of a template takes one line, without tabs.")
    return None


def _empty_or_too_long(draft: Draft) -> Problem | None:
    rule = MANIFEST.caption if draft.media and MANIFEST.caption else MANIFEST.public_text
    rule = replace(rule, limit=TEMPLATE_LIMIT) if draft.template else rule
    words = BESIDE_A_FILE if draft.media else TOO_LONG
    long = preflight.too_long(rule, draft.text, "WhatsApp", words)
    return preflight.nothing(draft) or long
