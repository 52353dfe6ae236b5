"""Say where a system is and what can be looked up or done there; each act audited."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.commerce.calling import wrong_address
from hearwell.commerce.definition import BadToolError, Definition, checked, definition_from
from hearwell.commerce.models import LONGEST_NAME, Service, Tool, ToolVersion
from hearwell.commerce.sealing import sealed
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.kit.outside import Wrong
from hearwell.kit.text import clean

MOST_SERVICES: Final = 20
MOST_TOOLS: Final = 100
LONGEST_SECRET: Final = 4000
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
# What says how a call travels, or who sends it, is not a service's to say.
_NOT_THEIRS: Final = frozenset({
    "host", "content-length", "content-type", "transfer-encoding", "connection", "user-agent",
    "accept", "accept-encoding", "cookie", "te", "upgrade", "expect",
})  # fmt: skip
_WRONG: Final[dict[Wrong, Promise]] = {
    Wrong.NO_ADDRESS: gettext_lazy("This is no web address. Write it as https://shop.example/api."),
    Wrong.NOT_HTTPS: gettext_lazy(
        "The address must begin with https://. For a system in your own network, ask who runs this "
        "server to name it in HEARWELL_EGRESS_ALLOW."
    ),
    Wrong.PORT: gettext_lazy(
        "Only the usual port is called. Ask who runs this server to name the address in "
        "HEARWELL_EGRESS_ALLOW."
    ),
    Wrong.SIGN_IN: gettext_lazy("Leave name and password out of the address: use the secret."),
    Wrong.INSIDE: gettext_lazy(
        "The address lies inside the server's own network. Ask who runs this server to name it in "
        "HEARWELL_EGRESS_ALLOW."
    ),
    Wrong.OURSELVES: gettext_lazy("This is the address of this Hearwell itself."),
}


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A system as somebody filled it in. An empty `secret` keeps the one there is."""

    name: str
    url: str
    secret: str = ""
    header: str = "Authorization"
    prefix: str = "Bearer "
    key_header: str = "Idempotency-Key"
    forgets_secret: bool = False
    is_demo: bool = False


@transaction.atomic
def save_service(
    workspace_id: UUID, facts: ServiceFacts, *, by: User | None, service_id: UUID | None = None
) -> Service:
    """Keep where a system is. Raises BadToolError, Service.DoesNotExist.

    Another address needs its secret again: a secret is never sent where it was not entered for.
    """
    values = _checked(facts)
    Workspace.objects.select_for_update().get(id=workspace_id)  # so that two cannot pass the cap
    others = Service.objects.filter(workspace_id=workspace_id, gone_at=None)
    row = (
        others.get(id=service_id) if service_id else Service(id=uuid7(), workspace_id=workspace_id)
    )
    if others.filter(name=values["name"]).exclude(id=row.id).exists():
        raise BadToolError(_("Another system has this name."), at="name")
    if service_id is None and others.count() >= MOST_SERVICES:
        raise BadToolError(_("There are too many systems. Remove one first."), at="name")
    before = _shown(row) if service_id else {}
    is_moved = row.url != values["url"]
    for name, value in values.items():
        setattr(row, name, value)
    _set_secret(row, facts, is_moved=is_moved)
    row.save()
    after = _shown(row) | ({"secret": "changed"} if facts.secret.strip() else {})
    if before != after:
        _audit(row, "tool.system_saved", by, before, after)
    return row


def _checked(facts: ServiceFacts) -> dict[str, Any]:
    name = clean(facts.name)[0].strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadToolError(_("Give it a name of at most 80 characters."), at="name")
    url = clean(facts.url)[0].strip().rstrip("/")
    wrong = wrong_address(url)
    if wrong or "?" in url:
        raise BadToolError(str(_WRONG[wrong or Wrong.NO_ADDRESS]), at="url")
    for at in ("header", "key_header"):
        header = getattr(facts, at).strip()
        if not _HEADER.fullmatch(header) or header.lower() in _NOT_THEIRS:
            raise BadToolError(_("Such a header cannot be sent."), at=at)
    if facts.header.strip().lower() == facts.key_header.strip().lower():
        raise BadToolError(_("Secret and key cannot share a header."), at="key_header")
    if not facts.prefix.isascii() or not facts.prefix.isprintable() or len(facts.prefix) > 20:  # noqa: PLR2004  its column
        raise BadToolError(_("What stands before the secret is too long."), at="prefix")
    return {
        "name": name,
        "url": url,
        "header": facts.header.strip(),
        "prefix": facts.prefix,
        "key_header": facts.key_header.strip(),
        "is_demo": facts.is_demo,
    }


def _set_secret(row: Service, facts: ServiceFacts, *, is_moved: bool) -> None:
    secret = facts.secret.strip()
    if not secret.isascii() or not secret.isprintable() or len(secret) > LONGEST_SECRET:
        raise BadToolError(_("A secret has only letters, digits and signs."), at="secret")
    if secret:
        row.sealed = sealed(row.workspace_id, row.id, secret)
    elif facts.forgets_secret or is_moved:
        row.sealed = None


def _shown(row: Service) -> dict[str, Any]:
    names = ("name", "url", "header", "prefix", "key_header")
    return {**{name: getattr(row, name) for name in names}, "has_secret": row.sealed is not None}


@transaction.atomic
def remove_service(workspace_id: UUID, service_id: UUID, *, by: User | None) -> None:
    """Forget a system's secret and take its tools out of use; what was done stays to be read.

    Raises Service.DoesNotExist.
    """
    rows = Service.objects.select_for_update().filter(workspace_id=workspace_id, gone_at=None)
    row = rows.get(id=service_id)
    _audit(row, "tool.system_removed", by, _shown(row), {})
    tools = Tool.objects.filter(workspace_id=workspace_id, service_id=row.id)
    if tools.filter(runs__isnull=False).exists():
        tools.filter(gone_at=None).update(gone_at=now(), live=None)
        row.sealed, row.gone_at = None, now()
        row.name = f"{row.name[:60]} ({now():%Y-%m-%d %H:%M})"
        row.save(update_fields=["sealed", "name", "gone_at"])
        return
    row.delete()


# --- tools ---------------------------------------------------------------------------------------


@transaction.atomic
def save_tool(
    service: Service, definition: Definition, *, by: User | None, tool_id: UUID | None = None
) -> ToolVersion:
    """Keep what a tool is as a new version; people go on using the one that is live.

    Raises BadToolError, Tool.DoesNotExist.
    """
    kept = checked(definition)
    place = service.workspace_id
    Workspace.objects.select_for_update().get(id=place)
    if tool_id is not None:
        tool = Tool.objects.get(workspace_id=place, id=tool_id, gone_at=None)
        if tool.is_act != kept.is_act:
            raise BadToolError(
                _("Looking up and doing are two tools: make another one."), at="kind"
            )
    else:
        tool = _new_tool(service, kept)
    latest = ToolVersion.objects.filter(workspace_id=place, tool_id=tool.id).order_by("number")
    last = latest.last()
    if last is not None and definition_from(last.definition) == definition_from(kept.kept()):
        return last
    number = last.number + 1 if last else 1
    version = ToolVersion.objects.create(
        workspace_id=place, tool=tool, number=number, definition=kept.kept(),
        by_id=by.id if by else None,
    )  # fmt: skip
    tool.title = kept.title
    tool.save(update_fields=["title"])
    before = last.definition if last else {}
    changed = {n: v for n, v in kept.kept().items() if before.get(n) != version.definition[n]}
    _audit_tool(tool, "tool.saved", by, {"version": number, **changed})
    return version


@transaction.atomic
def adopt_tool(service: Service, definition: Definition, *, by: User | None) -> Tool:
    """Keep a tool of a service of our own and let people use it: what it answers is known."""
    version = save_tool(service, definition, by=by)
    ToolVersion.objects.filter(id=version.id).update(tried_at=now())
    return go_live(service.workspace_id, version.tool_id, version.number, by=by)


def _new_tool(service: Service, definition: Definition) -> Tool:
    place = service.workspace_id
    rows = Tool.objects.filter(workspace_id=place, gone_at=None)
    if rows.count() >= MOST_TOOLS:
        raise BadToolError(_("There are too many tools. Remove some first."), at="title")
    last = rows.filter(service=service).aggregate(last=Max("position"))["last"] or 0
    return Tool.objects.create(
        workspace_id=place, service=service, title=definition.title, is_act=definition.is_act,
        position=last + 1,
    )  # fmt: skip


@transaction.atomic
def go_live(
    workspace_id: UUID, tool_id: UUID, number: int, *, by: User | None, is_meant: bool = False
) -> Tool:
    """Let people use a version. Raises BadToolError, Tool.DoesNotExist, ToolVersion.DoesNotExist.

    It has to have been tried. An action that cannot be looked up goes live only where `is_meant`.
    """
    rows = Tool.objects.select_for_update().filter(workspace_id=workspace_id, gone_at=None)
    tool = rows.get(id=tool_id)
    version = ToolVersion.objects.get(workspace_id=workspace_id, tool_id=tool.id, number=number)
    definition = definition_from(version.definition)
    can_be_tried = not definition.is_act or definition.look_path
    if can_be_tried and version.tried_at is None:
        raise BadToolError(_("Try this version first: nobody has seen what it answers."), at="live")
    if not can_be_tried and not is_meant:
        message = _(
            "When its outcome is unknown, nothing can be looked up, and a person has to find out. "
            "Say that you mean it."
        )
        raise BadToolError(message, at="live")
    before, tool.live = tool.live, number
    tool.save(update_fields=["live"])
    if before != number:
        _audit_tool(tool, "tool.live", by, {"version": number, "before": before})
    return tool


@transaction.atomic
def take_off(workspace_id: UUID, tool_id: UUID, *, by: User | None) -> Tool:
    """Let nobody use a tool any more, until it goes live again. Raises Tool.DoesNotExist."""
    rows = Tool.objects.select_for_update().filter(workspace_id=workspace_id, gone_at=None)
    tool = rows.get(id=tool_id)
    if tool.live is not None:
        tool.live = None
        tool.save(update_fields=["live"])
        _audit_tool(tool, "tool.off", by, {})
    return tool


@transaction.atomic
def remove_tool(workspace_id: UUID, tool_id: UUID, *, by: User | None) -> None:
    """Take a tool away; what was done by it stays to be read. Raises Tool.DoesNotExist."""
    rows = Tool.objects.select_for_update().filter(workspace_id=workspace_id, gone_at=None)
    tool = rows.get(id=tool_id)
    tool.live, tool.gone_at = None, now()
    tool.save(update_fields=["live", "gone_at"])
    _audit_tool(tool, "tool.removed", by, {})


@transaction.atomic
def import_tools(
    service: Service, definitions: Sequence[Definition], *, by: User | None
) -> list[ToolVersion]:
    """Keep several tools at once, none live. Raises BadToolError; then none is kept."""
    return [save_tool(service, one, by=by) for one in definitions]


def _audit(
    row: Service, action: str, by: User | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    entry = AuditEntry(action, by, "service", row.id, row.name, before, after)
    record_audit(row.workspace_id, [entry])


def _audit_tool(tool: Tool, action: str, by: User | None, after: Mapping[str, Any]) -> None:
    entry = AuditEntry(action, by, "tool", tool.id, tool.title, None, after)
    record_audit(tool.workspace_id, [entry])
