"""Connect a model, change what it may cost and is used for, disconnect it; each act audited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.ids import uuid7
from hearwell.kit.ourselves import own_origins
from hearwell.kit.outside import Wrong, wrong_with
from hearwell.kit.scope import scope
from hearwell.kit.text import clean
from hearwell.secondopinion.models import CURRENCY_LETTERS, LONGEST_MODEL, Connection, Opinion
from hearwell.secondopinion.queries import FEWEST_LABELS, may_give_opinions
from hearwell.secondopinion.rules import MICROS, to_micros
from hearwell.secondopinion.sealing import sealed

MOST_LIMIT_S: Final = 60
LONGEST_KEY: Final = 4000
_WRONG: Final[dict[Wrong, Promise]] = {
    Wrong.NO_ADDRESS: gettext_lazy("This is no web address. Write it as https://example.com/v1."),
    Wrong.NOT_HTTPS: gettext_lazy(
        "The address must begin with https://. For a model in your own network, ask who runs this "
        "server to name it in HEARWELL_EGRESS_ALLOW."
    ),
    Wrong.PORT: gettext_lazy(
        "Only the usual port is called. Ask who runs this server to name the address in "
        "HEARWELL_EGRESS_ALLOW."
    ),
    Wrong.SIGN_IN: gettext_lazy("Leave name and password out of the address."),
    Wrong.INSIDE: gettext_lazy(
        "The address lies inside the server's own network. Ask who runs this server to name it in "
        "HEARWELL_EGRESS_ALLOW."
    ),
    Wrong.OURSELVES: gettext_lazy("This is the address of this Hearwell itself."),
}


class BadConnectionError(ValueError):
    """It cannot be kept as it is; the text says why and what to do, `field` where."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connection as somebody filled it in. An empty `key` keeps the one there is."""

    url: str
    model: str
    key: str = ""
    limit_s: str = "5"
    currency: str = "EUR"
    price_in: str = "0"
    price_out: str = "0"
    cap: str = "0"
    gives_opinions: bool = False
    gives_drafts: bool = False
    forgets_key: bool = False


@transaction.atomic
def save_connection(workspace_id: UUID, wanted: Wanted, *, by: User) -> Connection:
    """Connect a model, or change the connection. Raises BadConnectionError; then nothing is kept.

    Another address or model has to be compared anew before its opinions are asked for, and needs
    its key again: a key is never sent to an address that it was not entered for.
    """
    values = _checked(wanted)
    row = Connection.objects.select_for_update().filter(workspace_id=workspace_id).first()
    before = _shown(row) if row else {}
    row = row or Connection(id=uuid7(), workspace_id=workspace_id)
    is_moved = row.url != values["url"]
    if is_moved or row.model != values["model"]:
        row.setup_id = uuid4()
    for name, value in values.items():
        setattr(row, name, value)
    _set_key(row, wanted, is_moved=is_moved)
    row.gives_drafts = wanted.gives_drafts
    row.gives_opinions = wanted.gives_opinions
    if row.gives_opinions and not may_give_opinions(workspace_id, row.setup_id):
        message = _("Compare it first, on at least %(n)s messages that people have labelled.")
        raise BadConnectionError(message % {"n": FEWEST_LABELS}, field="gives_opinions")
    row.failures, row.paused_until = 0, None
    row.save()
    after = _shown(row) | ({"key": "changed"} if wanted.key.strip() else {})
    changed = {name for name in after if before.get(name) != after[name]}
    if changed:
        old, new = ({n: v for n, v in facts.items() if n in changed} for facts in (before, after))
        _audit(row, "second_opinion.changed", by, old, new)
    return row


@transaction.atomic
def remove_connection(workspace_id: UUID, *, by: User) -> None:
    """Forget the model and its key; what was called stays in the log until it is old."""
    row = Connection.objects.filter(workspace_id=workspace_id).first()
    if row is not None:
        _audit(row, "second_opinion.removed", by, _shown(row), {})
        row.delete()
        Opinion.objects.filter(workspace_id=workspace_id).delete()


def switch_everywhere_off() -> int:
    """Have no model asked in any workspace: the house that was saved may still be there.

    After a restore. Opens the scopes itself; returns how many were on.
    """
    held = 0
    for workspace_id in Workspace.objects.values_list("id", flat=True):
        with scope(workspace_id):
            rows = Connection.objects.filter(workspace_id=workspace_id)
            is_on = rows.filter(Q(gives_opinions=True) | Q(gives_drafts=True))
            held += is_on.update(gives_opinions=False, gives_drafts=False)
    return held


def _set_key(row: Connection, wanted: Wanted, *, is_moved: bool) -> None:
    key = wanted.key.strip()
    if not key.isascii() or not key.isprintable() or len(key) > LONGEST_KEY:
        raise BadConnectionError(_("A key has only letters, digits and signs."), field="key")
    if key:
        row.sealed = sealed(row.workspace_id, row.id, key)
    elif wanted.forgets_key or is_moved:
        row.sealed = None


def _shown(row: Connection) -> dict[str, Any]:
    names = ("url", "model", "limit_ms", "currency", "price_in", "price_out", "cap",
             "gives_opinions", "gives_drafts")  # fmt: skip
    return {**{name: getattr(row, name) for name in names}, "has_key": row.sealed is not None}


def _audit(
    row: Connection, action: str, by: User, before: dict[str, Any], after: dict[str, Any]
) -> None:
    entry = AuditEntry(action, by, "model", row.id, row.model, before, after)
    record_audit(row.workspace_id, [entry])


def _checked(wanted: Wanted) -> dict[str, Any]:
    url = clean(wanted.url)[0].strip().rstrip("/").removesuffix("/chat/completions")
    wrong = wrong_with(url, settings.HEARWELL_EGRESS_ALLOW, own_origins())
    if wrong:
        raise BadConnectionError(str(_WRONG[wrong]), field="url")
    if "?" in url:
        raise BadConnectionError(str(_WRONG[Wrong.NO_ADDRESS]), field="url")
    model = clean(wanted.model)[0].strip()
    if not model or len(model) > LONGEST_MODEL:
        raise BadConnectionError(_("Name the model as its provider does."), field="model")
    return {"url": url, "model": model, **_limits(wanted)}


def _limits(wanted: Wanted) -> dict[str, Any]:
    limit = to_micros(wanted.limit_s) or 0
    if not MICROS // 10 <= limit <= MOST_LIMIT_S * MICROS:
        message = _("Give it between 0.1 and %(most)s seconds.") % {"most": MOST_LIMIT_S}
        raise BadConnectionError(message, field="limit_s")
    money = {}
    for name in ("price_in", "price_out", "cap"):
        amount = to_micros(getattr(wanted, name))
        if amount is None:
            raise BadConnectionError(_("Write an amount such as 0.15."), field=name)
        money[name] = amount
    currency = wanted.currency.strip().upper()
    if not (currency.isascii() and currency.isalpha() and len(currency) == CURRENCY_LETTERS):
        raise BadConnectionError(_("Write the currency as three letters."), field="currency")
    return {"limit_ms": limit // 1000, "currency": currency, **money}
