"""Macros: several steps in one press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.text import clean
from hearwell.knowledge.models import Article, Macro

MOST_TAGS, LONGEST_TAG = 10, 60
_TAKEN = gettext_lazy("There is a macro of that name. Choose another one.")


class BadMacroError(ValueError):
    """A macro that cannot be kept; the message says why, in words for its form."""


@dataclass(frozen=True, slots=True)
class MacroFacts:
    """What a macro does, as its form says it."""

    name: str
    article_id: UUID | None = None
    tags: Sequence[str] = ()
    assign: str = ""
    snooze: str = ""
    close_reason: str = ""


@transaction.atomic
def save_macro(
    workspace_id: UUID, facts: MacroFacts, *, by: User, macro_id: UUID | None = None
) -> Macro:
    """Keep a macro, new or changed. Raises BadMacroError; audited."""
    values = _checked(workspace_id, facts)
    taken = Macro.objects.filter(workspace_id=workspace_id, name__iexact=values["name"])
    if macro_id is not None:
        taken = taken.exclude(id=macro_id)
    if taken.exists():
        raise BadMacroError(_TAKEN)
    macro = Macro(workspace_id=workspace_id)
    if macro_id is not None:
        macro = Macro.objects.select_for_update().get(workspace_id=workspace_id, id=macro_id)
    for name, value in values.items():
        setattr(macro, name, value)
    try:
        with transaction.atomic():
            macro.save()
    except IntegrityError as error:  # of one name at one instant
        raise BadMacroError(_TAKEN) from error
    shown = {**values, "article_id": str(facts.article_id or "")}
    record_audit(
        workspace_id,
        [AuditEntry("macro.saved", by, "macro", macro.id, macro.name, None, shown)],
    )
    return macro


@transaction.atomic
def remove_macro(workspace_id: UUID, macro_id: UUID, *, by: User) -> None:
    """Remove a macro; one that is gone is no error."""
    macro = Macro.objects.filter(workspace_id=workspace_id, id=macro_id).first()
    if macro is not None:
        entry = AuditEntry("macro.removed", by, "macro", macro.id, macro.name, None, {})
        macro.delete()
        record_audit(workspace_id, [entry])


def _checked(workspace_id: UUID, facts: MacroFacts) -> dict[str, Any]:
    name = clean(facts.name)[0].strip()[:80]
    tags = list(dict.fromkeys(tag for text in facts.tags if (tag := clean(text)[0].strip())))
    if not name:
        raise BadMacroError(_("Give the macro a name."))
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        message = _("A macro has at most %(most)s labels of at most %(length)s characters.")
        raise BadMacroError(message % {"most": MOST_TAGS, "length": LONGEST_TAG})
    if facts.snooze and facts.close_reason:
        raise BadMacroError(_("A case cannot be snoozed and closed at once. Choose one of them."))
    if facts.article_id is not None:
        articles = Article.objects.filter(workspace_id=workspace_id, id=facts.article_id)
        if not articles.exists():
            raise BadMacroError(_("The saved reply is no longer there. Choose another one."))
    if not (facts.article_id or tags or facts.assign or facts.snooze or facts.close_reason):
        raise BadMacroError(_("This macro does nothing yet. Choose at least one step."))
    return {
        "name": name,
        "article_id": facts.article_id,
        "tags": tags,
        "assign": facts.assign if facts.assign in ("me", "nobody") else "",
        "snooze": facts.snooze,
        "close_reason": facts.close_reason,
    }
