# ruff: noqa: RUF001  words in every script
"""Mail that no person wrote, and what the machines among its senders report (RFC 3834, 3464, 8098).

Nothing here is answered or waited for: that is how two robots are kept from writing to each other
for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hearwell.connectors.email.charsets import decode
from hearwell.connectors.email.fields import Head, head_of, value_of
from hearwell.connectors.email.letter import Report
from hearwell.connectors.email.mime import Part

_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})
_OLD_AUTOREPLIES = ("x-autoreply", "x-autorespond", "x-autoreply-from")
# Only programs that say nothing better: the header is missing in some, the subject is not.
_AWAY = re.compile(
    r"(?:Automatic reply|Auto(?:matic)?[ -]?reply|Out of (?:the )?Office|Automatische Antwort"
    r"|Abwesenheits(?:notiz|benachrichtigung)|Réponse automatique|Absence du bureau"
    r"|Respuesta automática|Fuera de la oficina|Risposta automatica|Fuori sede"
    r"|Automatisch antwoord|Afwezigheidsbericht|Resposta automática|Autosvar|Automatiskt svar"
    r"|Automatyczna odpowiedź|Автоматический ответ|Otomatik yanıt|自動応答|自动答复|رد تلقائي)\b",
    re.IGNORECASE,
)
_ID = re.compile(r"<([^<>\s]{1,500})>")
_LONGEST_REASON = 300
_MANY_FIELDS = 64 * 1024


def machine_of(head: Head) -> str:
    """Say why a mail was not written by a person, empty if nothing speaks for it."""
    submitted = head.text("auto-submitted").partition(";")[0].strip().lower()
    is_away = any(map(head.has, _OLD_AUTOREPLIES)) or bool(_AWAY.match(head.text("subject")))
    is_bulk = head.has("list-unsubscribe") or head.text("precedence").lower() in _PRECEDENCE
    signs = (
        (submitted[:40], submitted not in {"", "no"}),
        ("auto-replied", is_away),
        ("list", head.has("list-id") or head.has("list-post")),
        ("bulk", is_bulk),
        ("auto-generated", "all" in head.text("x-auto-response-suppress").lower()),
        ("null-sender", return_path(head) == ""),
    )
    return next((sign for sign, is_seen in signs if is_seen), "")


def return_path(head: Head) -> str | None:
    """The envelope's sender as the server noted it; empty for the null sender "<>"."""
    if not head.has("return-path"):
        return None
    return head.text("return-path").strip("<> ")[:320]


def report_in(root: Part) -> Report | None:
    """Read a delivery report or a read receipt, None if the mail is neither."""
    if root.type != "multipart/report":
        return None
    by_type = {part.type: part for part in root.walk()}
    about = _original_id(by_type)
    if status := by_type.get("message/delivery-status") or by_type.get(
        "message/global-delivery-status"
    ):
        return _delivery(status, about)
    if notice := by_type.get("message/disposition-notification"):
        return _disposition(notice, about)
    return None


def _original_id(by_type: dict[str, Part]) -> str:
    """The id of the mail that came back, from its copy or from its head alone."""
    for kind in ("message/rfc822", "message/global", "text/rfc822-headers"):
        part = by_type.get(kind)
        if part is None:
            continue
        head = part.parts[0].head if part.parts else head_of(part.body(_MANY_FIELDS))
        found = _ID.search(head.text("message-id"))
        if found is not None:
            return found[1]
    return ""


def _blocks(part: Part) -> Iterator[Head]:
    """Groups of fields: one about the mail, then one a recipient."""
    for block in re.split(rb"\r?\n\r?\n", part.body(_MANY_FIELDS)):
        head = head_of(block)
        if head.fields:
            yield head


def _delivery(part: Part, about: str) -> Report:
    """The gravest of what is said about the recipients."""
    gravest = Report("delivered", about)
    for head in _blocks(part):
        action = head.text("action").lower()
        if action == "failed" or (action == "delayed" and gravest.outcome == "delivered"):
            gravest = Report(
                action,
                about,
                recipient=_typed(head, "final-recipient") or _typed(head, "original-recipient"),
                status=head.text("status").split(" ")[0][:20],
                reason=_typed(head, "diagnostic-code")[:_LONGEST_REASON],
            )
            if action == "failed":
                break
    return gravest


def _typed(head: Head, name: str) -> str:
    """The value of a field such as ``rfc822; anna@example.org``."""
    value = decode(head.raw(name))
    return " ".join((value.partition(";")[2] or value).split())


def _disposition(part: Part, about: str) -> Report:
    head = next(_blocks(part), Head())
    original = _ID.search(head.text("original-message-id"))
    kind = value_of(head.raw("disposition").rpartition(b";")[2]).main.strip()
    is_read = kind.startswith("displayed")
    return Report("read" if is_read else "delivered", original[1] if original else about)
