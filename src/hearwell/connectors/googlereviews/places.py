"""Which businesses a sign-in manages, and which locations they have."""

from __future__ import annotations

from collections.abc import Mapping

from hearwell.connect.connecting import FieldRefused
from hearwell.connect.failures import NeedsReauth
from hearwell.connect.fields import nonempty_in, text_or_none
from hearwell.connectors.google.wire import Answer, Line, objects

IN_ACCOUNT = "business"
_PAGES, _PAGE = 20, 100
_NONE = "This sign-in manages no business on Google."
_NO_PLACE = "This business has no locations that the sign-in may manage."
_SHOWN = 10


def accounts(line: Line) -> list[Answer]:
    """The business accounts of a sign-in."""
    return objects(line.get("v1/accounts", {"pageSize": 20}), "accounts")


def chosen(line: Line, wanted: str) -> Mapping[str, str]:
    """The ``name`` and ``title`` of the account that is meant. Raises as ``connect``."""
    found = {nonempty_in(one, "name"): _title(one) for one in accounts(line)}
    if not found:
        raise NeedsReauth(_NONE, network_code="no_account")
    name = f"accounts/{wanted.strip().removeprefix('accounts/')}" if wanted.strip() else ""
    if not name and len(found) == 1:
        name = next(iter(found))
    if name not in found:
        listed = [f"{title} ({one.rpartition('/')[2]})" for one, title in found.items()]
        message = f"Please say which one: {', '.join(listed[:_SHOWN])}."
        raise FieldRefused(IN_ACCOUNT, message)
    return {"name": name, "title": found[name]}


def _title(account: Answer) -> str:
    return text_or_none(account, "accountName") or nonempty_in(account, "name")


def locations(line: Line, account: str) -> dict[str, str]:
    """What the account's locations are called, by their ids."""
    found: dict[str, str] = {}
    page = ""
    for _ in range(_PAGES):
        params: dict[str, str | int] = {"readMask": "name,title", "pageSize": _PAGE}
        if page:
            params["pageToken"] = page
        answer = line.get(f"v1/{account}/locations", params)
        for one in objects(answer, "locations"):
            found[nonempty_in(one, "name").rpartition("/")[2]] = text_or_none(one, "title") or ""
        page = text_or_none(answer, "nextPageToken") or ""
        if not page:
            break
    if not found:
        raise NeedsReauth(_NO_PLACE, network_code="no_location")
    return found
