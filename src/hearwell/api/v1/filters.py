"""The filters of a list of cases, by the API's names: those of the screen, one for one.

What a program asks is turned into the parameters of the list's address and read by the reader that
the screen uses (`listing.filter_from`); a saved view keeps the same parameters.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict, ValidationError

from hearwell.api.v1 import schemas
from hearwell.api.v1.paging import opened, sealed
from hearwell.conversations.finding import excerpt_of
from hearwell.conversations.listing import CaseFilter, CaseRow, filter_from
from hearwell.conversations.queries import case_list

Queue = Literal[
    "needs", "urgent", "late", "unassigned", "seen", "mine", "praise", "heard", "all", "snoozed",
    "closed", "archive",
]  # fmt: skip
# Names in the list's address that the API calls otherwise.
_OF_ADDRESS: Final = {"channel_id": "channel", "team_id": "team"}
_OF_API: Final = {value: key for key, value in _OF_ADDRESS.items()}


class CaseFilters(Schema):
    """Which cases: a queue, narrowed by any of the filters. Words are looked for in every queue."""

    queue: Queue = "all"
    assignee: Annotated[
        Literal["me", "none"] | UUID | None,
        Field(description="`me`, `none`, or the id of a user."),
    ] = None
    channel_id: UUID | None = None
    network: Annotated[str, Field(max_length=32), schemas.Storable] = ""
    kind: Annotated[str, Field(max_length=16), schemas.Storable] = ""
    audience: schemas.Audience | None = None
    team_id: UUID | None = None
    tag: Annotated[str, Field(max_length=60), schemas.Storable] = ""
    tier: Annotated[str, Field(max_length=40), schemas.Storable] = ""
    language: Annotated[
        str, Field(max_length=16, description="A primary tag: `de`."), schemas.Storable
    ] = ""
    priority: Annotated[
        int | None, Field(ge=1, le=4, description="At least this; 3 is urgent, 4 at once.")
    ] = None
    waited: Annotated[
        Literal["1h", "4h", "1d", "3d", "7d"] | None,
        Field(description="The customer waits at least so long."),
    ] = None
    unread: bool | None = None
    turn: Literal["ours", "theirs", "none"] | None = None
    status: Literal["open", "snoozed", "closed"] | None = None
    spike: Annotated[UUID | None, Field(description="Of the messages of this spike.")] = None
    incident: Annotated[UUID | None, Field(description="In this incident.")] = None
    topic: Annotated[str, Field(max_length=60), schemas.Storable] = ""
    unsure: Annotated[
        Literal["yes"] | None, Field(description="Of some message triage is unsure.")
    ] = None
    stars: Annotated[int | None, Field(ge=1, le=5, description="Of the review in it.")] = None
    q: Annotated[
        str, Field(max_length=200, description="Search, everywhere."), schemas.Storable
    ] = ""

    def params(self) -> dict[str, str]:
        """Return the parameters of the list's address; those that are not set are left out."""
        given = self.dict(exclude_none=True)
        if self.unread is not None:
            given["unread"] = "yes" if self.unread else "no"
        named = {_OF_ADDRESS.get(name, name): str(value) for name, value in given.items()}
        return {name: value for name, value in named.items() if value}

    def wanted(self, user_id: UUID) -> CaseFilter:
        """Return the filter as the record takes it."""
        return filter_from(self.params(), user_id)


class ViewFilters(CaseFilters):
    """The list that a view shows. A name that is no filter is an error here."""

    model_config = ConfigDict(extra="forbid")


def filters_from(params: Mapping[str, str]) -> CaseFilters:
    """Return the filters of a saved view; what no longer makes sense in it is left out."""
    given = {_OF_API.get(name, name): value for name, value in params.items()}
    known = {"queue": "needs"} | {k: v for k, v in given.items() if k in CaseFilters.model_fields}
    try:
        return CaseFilters.model_validate(known)
    except ValidationError as error:
        wrong = {one["loc"][0] for one in error.errors()}
    good = {name: value for name, value in known.items() if name not in wrong}
    return CaseFilters.model_validate({"queue": "needs", **good})


def listed(workspace_id: UUID, wanted: CaseFilter, cursor: str | None, limit: int) -> Any:
    """Return a page of cases as version 1 lists them."""
    page = case_list(workspace_id, wanted, opened(cursor), limit)
    items = [listed_case(row, wanted.text) for row in page.rows]
    return {"items": items, "next_cursor": sealed(page.next_cursor), "is_cut": page.is_cut}


def listed_case(row: CaseRow, words: str = "") -> dict[str, Any]:
    """Return a case of a list, with the piece of it that a search found."""
    pieces = excerpt_of(row.said, words) if row.said else []
    return {
        **{name: getattr(row, name) for name in schemas.Case.model_fields},
        "excerpt": [{"text": text, "is_hit": is_hit} for text, is_hit in pieces],
    }
