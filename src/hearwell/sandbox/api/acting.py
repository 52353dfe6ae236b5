"""What a brand's software does to a post besides answering it: like, hide, delete."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from hearwell.sandbox.api.door import RefusalError, endpoint, fields_of, text_in
from hearwell.sandbox.models import DirectMessage, Page, Post
from hearwell.sandbox.queries import live_item
from hearwell.sandbox.services import speaking

_ON: Final = {"like": True, "unlike": False, "hide": True, "unhide": False}


@endpoint("POST", writes=True)
def acts(request: HttpRequest, page: Page, item_id: UUID) -> HttpResponse:
    """Like or hide what others said, delete what the brand said; again changes nothing."""
    what, row = text_in(fields_of(request), "act"), live_item(item_id)
    if row is None:
        raise RefusalError(HTTPStatus.NOT_FOUND, "target_gone")
    if what == "delete" and _is_ours(page, row):
        speaking.delete(page, row)
    elif what in {"like", "unlike"} and isinstance(row, Post):
        speaking.like_as_page(page, row, is_on=_ON[what])
    elif what in {"hide", "unhide"} and isinstance(row, Post) and row.parent_id:
        speaking.hide(row, is_on=_ON[what])
    else:
        raise RefusalError(HTTPStatus.FORBIDDEN, "not_allowed")
    return JsonResponse({"id": str(item_id)})


def _is_ours(page: Page, row: Post | DirectMessage) -> bool:
    if isinstance(row, DirectMessage):
        return row.is_from_brand and not page.is_sister
    return row.author_id == page.profile_id
