"""What the team knows: articles, saved replies as they read in a case, macros."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema, Status

from hearwell.api.access import ApiRequest, needs
from hearwell.api.idempotency import remembered
from hearwell.api.problems import Problem, not_found
from hearwell.api.v1 import schemas
from hearwell.api.v1.acting import OPTIONAL_KEY, case_now
from hearwell.api.v1.paging import Cursor, Limit, place_of, placed, sealed
from hearwell.conversations.queries import CasePage, case_page
from hearwell.inbox import acts
from hearwell.inbox.macros import follow_up, run_macro, until_of
from hearwell.inbox.saved_replies import LONGEST_SEARCH, asked_in, offers_for, values_of
from hearwell.knowledge import queries, services
from hearwell.knowledge.models import ArticleVersion, Macro
from hearwell.knowledge.rules import filled

router = Router(tags=["Knowledge"])
Search = Annotated[
    str, Query(max_length=LONGEST_SEARCH, description="Words to be found."), schemas.Storable
]


class ArticleText(Schema):
    """An article's published words in one language. `body` is plain text, `reply` the saved reply.

    `reply` has its variables in it (`{customer.first_name|there}`); a case's saved replies have
    them filled.
    """

    version_id: UUID
    article_id: UUID
    language: str
    title: str
    body: str
    reply: str
    is_public: bool
    number: int
    published_at: datetime


class ArticleList(Schema):
    """A page of articles; ask again with `cursor=next_cursor` until it is null."""

    items: list[ArticleText]
    next_cursor: str | None


class Article(Schema):
    """An article in all its languages. `is_public`: it stands on the help page, without reply."""

    id: UUID
    name: str
    slug: str
    is_public: bool
    texts: list[ArticleText]


class SavedReply(Schema):
    """A saved reply as it reads in a case; `suits`: it shares words with what they wrote."""

    version_id: UUID
    article_id: UUID
    title: str
    language: str
    text: str
    suits: bool


class MacroOut(Schema):
    """Several steps in one. `assign`: me, nobody or empty; `snooze`: 1h, 3h, tomorrow, monday.

    `article_id` is the article whose saved reply belongs to it.
    """

    id: UUID
    name: str
    article_id: UUID | None
    tags: list[str]
    assign: str
    snooze: str
    close_reason: str


class MacroRun(Schema):
    """What a macro did. `reply` is for you to send; it is null where the macro has none.

    `is_done` false: the case is put away or closed by `/finish`, once the reply is on its way.
    """

    is_done: bool
    case: schemas.Case
    reply: SavedReply | None


def _text(version: ArticleVersion) -> dict[str, Any]:
    same = ("article_id", "language", "title", "body", "reply", "number", "published_at")
    return {
        **{name: getattr(version, name) for name in same},
        "version_id": version.id,
        "is_public": version.article.is_public,
    }


def _reply(version: ArticleVersion, text: str, *, suits: bool = False) -> SavedReply:
    return SavedReply(
        version_id=version.id,
        article_id=version.article_id,
        title=version.title,
        language=version.language,
        text=text,
        suits=suits,
    )


@router.get("/articles", response=ArticleList, summary="List and search articles")
@needs("reply")
def articles(
    request: ApiRequest,
    q: Search = "",
    language: Annotated[str, Query(max_length=8), schemas.Storable] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Any:
    """What is published, in each language, the latest first; with `q`, what has all the words."""
    found = queries.published(
        request.auth.workspace_id, q, language=language, before=placed(cursor), limit=limit + 1
    )
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    after = place_of(last.published_at, last.id) if last and last.published_at else None
    return {"items": [_text(one) for one in shown], "next_cursor": sealed(after)}


@router.get("/articles/{article_id}", response=Article, summary="Get an article")
@needs("reply")
def article(request: ApiRequest, article_id: UUID) -> Any:
    """An article in all languages in which it is published. 404: in none."""
    found = queries.published_of(request.auth.workspace_id, article_id)
    if not found:
        raise not_found()
    same = ("id", "name", "slug", "is_public")
    kept = {name: getattr(found[0].article, name) for name in same}
    return {**kept, "texts": [_text(one) for one in found]}


@router.get(
    "/cases/{case_id}/saved-replies", response=list[SavedReply], summary="Offer saved replies"
)
@needs("reply")
def saved_replies(request: ApiRequest, case_id: UUID, q: Search = "") -> Any:
    """Saved replies for a case, filled: without words, what suits the customer's, then the usual.

    At most 23. They are a text for you to send, not sent.
    """
    page = _page(request, case_id)
    return [
        _reply(one.version, one.text, suits=one.suits)
        for one in offers_for(page, request.auth, q.strip())
        if one.version is not None
    ]


@router.post(
    "/cases/{case_id}/saved-replies/{version_id}/used",
    response={204: None},
    summary="Note that a saved reply was used",
)
@needs("reply")
def used(request: ApiRequest, case_id: UUID, version_id: UUID) -> Status[None]:
    """Count it: what is used most is offered first."""
    case_now(request, case_id)
    version = queries.reply_by_id(request.auth.workspace_id, version_id)
    if version is None:
        raise not_found()
    services.note_use(request.auth.workspace_id, version.id, case_id, request.auth.user_id)
    return Status(204, None)


@router.get("/macros", response=list[MacroOut], summary="List macros")
@needs("reply")
def macros(request: ApiRequest) -> Any:
    """The macros, by name."""
    return queries.macros(request.auth.workspace_id)


@router.post(
    "/cases/{case_id}/macros/{macro_id}",
    response=MacroRun,
    openapi_extra=OPTIONAL_KEY,
    summary="Run a macro",
)
@needs("reply")
@remembered(is_required=False)
def run(request: ApiRequest, case_id: UUID, macro_id: UUID) -> Any:
    """Do its steps, all or none. Its reply comes back to be sent by you.

    409: somebody else is on the case, or it has moved on.
    """
    page, macro = _page(request, case_id), _macro(request, macro_id)
    with _told():
        is_done = run_macro(macro, case_id, request.auth, until_of(macro, request.auth))
    return 200, MacroRun(
        is_done=is_done,
        case=schemas.Case.from_orm(case_now(request, case_id)),
        reply=_reply_of(request, page, macro),
    )


def _reply_of(request: ApiRequest, page: CasePage, macro: Macro) -> SavedReply | None:
    """Return the macro's reply, and count it; None where it has none that is published."""
    if macro.article_id is None:
        return None
    workspace_id = request.auth.workspace_id
    version = queries.reply_of(workspace_id, macro.article_id, asked_in(page)[1])
    if version is None:
        return None
    services.note_use(workspace_id, version.id, page.case.id, request.auth.user_id)
    return _reply(version, filled(version.reply, values_of(page, request.auth)))


@router.post(
    "/cases/{case_id}/macros/{macro_id}/finish",
    response=schemas.Case,
    summary="Finish a macro",
)
@needs("reply")
def finish(request: ApiRequest, case_id: UUID, macro_id: UUID) -> Any:
    """Put the case away or close it, as the macro says: for when its reply is on its way."""
    case_now(request, case_id)
    macro = _macro(request, macro_id)
    with _told():
        follow_up(macro, case_id, request.auth, until_of(macro, request.auth))
    return case_now(request, case_id)


def _page(request: ApiRequest, case_id: UUID) -> CasePage:
    page = case_page(request.auth.workspace_id, case_id, request.auth.user_id)
    if page is None:
        raise not_found()
    return page


def _macro(request: ApiRequest, macro_id: UUID) -> Macro:
    macro = queries.macro_by_id(request.auth.workspace_id, macro_id)
    if macro is None:
        raise not_found()
    return macro


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except acts.TakenError as taken:
        raise Problem(409, "taken", taken.message, user_id=taken.user_id) from taken
    except acts.CaseMovedError as moved:
        detail = "The case is closed. Reopen it first."
        raise Problem(409, "conflict", detail, version=moved.case.version) from moved
    except acts.BadActError as why:
        raise Problem(422, "cannot_do", str(why)) from why
