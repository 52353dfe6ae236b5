"""How webhooks and their deliveries are shown."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.integrations.kinds import KINDS, TEST
from hearwell.integrations.models import HookDelivery, HookState, OffReason

# What to do about it, beside why it is off.
ADVICE: Final[dict[str, Promise]] = {
    OffReason.GONE: gettext_lazy("Its receiver wants no more. Switch it on if that was a mistake."),
    OffReason.FAILING: gettext_lazy("Have its receiver looked at, send a test, switch it on."),
    OffReason.CROWDED: gettext_lazy(
        "Its receiver is too slow or away. What waits is kept and goes on when it is on."
    ),
    OffReason.RESTORED: gettext_lazy(
        "The system that was saved may still be sending. Switch it on where it is not."
    ),
    OffReason.BY_HAND: gettext_lazy(
        "Nothing is added meanwhile; what waits goes on when it is on."
    ),
}
_ERRORS: Final[dict[str, Promise]] = {
    "redirect": gettext_lazy("It answered with another address. Redirects are not followed."),
    "not_allowed": gettext_lazy("This address may not be called any more."),
    "inside": gettext_lazy("The name leads inside the server's own network."),
    "timeout": gettext_lazy("No answer within ten seconds."),
    "no_connection": gettext_lazy("Nobody took the connection."),
    "no_such_name": gettext_lazy("The name could not be resolved."),
    "tls": gettext_lazy("Its certificate is not to be trusted."),
    "broken": gettext_lazy("The connection broke."),
}
CHIPS: Final = {
    HookState.WAITING: ("", "clock"),
    HookState.DELIVERED: ("ok", "check"),
    HookState.FAILED: ("late", "triangle-alert"),
}


def kinds_by_group(chosen: Collection[str]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the kinds under their headings, each with whether it is chosen."""
    return [
        (
            str(group),
            [
                {"name": kind.name, "label": kind.label, "is_chosen": kind.name in chosen}
                for kind in kinds
            ],
        )
        for group, kinds in groupby(KINDS.values(), key=lambda kind: kind.group)
    ]


@dataclass(frozen=True)
class Face:
    """A delivery as a row shows it."""

    row: HookDelivery
    label: str
    outcome: str
    chip: str
    icon: str

    @property
    def is_waiting(self) -> bool:
        """Say whether it is still to come."""
        return self.row.state == HookState.WAITING


def face_of(row: HookDelivery) -> Face:
    """Return a delivery with its words."""
    kind = KINDS.get(row.kind)
    label = _("A test") if row.kind == TEST else str(kind.label) if kind else row.kind
    return Face(row, label, outcome_of(row), *CHIPS[HookState(row.state)])


def outcome_of(row: HookDelivery) -> str:
    """Say what came of the latest attempt."""
    why = str(_ERRORS.get(row.error, row.error))
    if row.status is None:
        return why
    said = _("Answered %(status)s") % {"status": row.status}
    return f"{said}. {why}" if why else said


def pretty(body: str) -> str:
    """Return a body with its lines set out; what is sent has none."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
