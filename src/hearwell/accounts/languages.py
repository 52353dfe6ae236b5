"""Which language somebody reads: their own choice, the workspace's, or none.

Where neither chose, a page speaks as the browser wishes and a letter English.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation

from hearwell.accounts.models import Membership, Workspace


def known_language(code: object) -> str:
    """Return the code if it is one of our languages, else an empty string."""
    return code if isinstance(code, str) and code in dict(settings.LANGUAGES) else ""


def language_of(user: object) -> str:
    """Return the language a person chose, if it is still one of ours; else an empty string."""
    return known_language((getattr(user, "preferences", None) or {}).get("language"))


def language_for(user: object, workspace: Workspace | None) -> str:
    """Return what a person reads in a workspace; empty where neither chose one."""
    return language_of(user) or known_language(workspace.language if workspace else "")


def language_at(workspace_id: UUID) -> str:
    """Return the language of a workspace, empty where it has none. One query."""
    found = Workspace.objects.filter(id=workspace_id).values_list("language", flat=True)
    return known_language(found.first())


def language_at_home(user: object) -> str:
    """Return what a person reads who is in no workspace now: theirs, else their first one's.

    At most one query.
    """
    chosen = language_of(user)
    if chosen or not getattr(user, "pk", None):
        return chosen
    own = Membership.objects.filter(user_id=user.pk).order_by("created_at", "id")  # type: ignore[attr-defined]
    return known_language(own.values_list("workspace__language", flat=True).first())


def speaking(code: object) -> Any:
    """Return a context in which texts are in this language, English if it is none of ours.

    For what is written to a person while nobody asks: their browser's wish is not known then.
    """
    return translation.override(known_language(code) or settings.LANGUAGE_CODE)
