"""What anybody says in public: timelines of accounts, hashtags, searches, single statuses."""

from __future__ import annotations

from hearwell.connect import failures
from hearwell.connect.fields import Fields, text_in
from hearwell.connect.model import Account, Raw, RawPage
from hearwell.connectors.mastodon.listing import PAGE, Teller, fetched
from hearwell.connectors.mastodon.names import address_of, home_of, short
from hearwell.connectors.mastodon.window import order
from hearwell.connectors.mastodon.wire import Line, Params

_SEARCH = "/api/v2/search"
_FOUND = 40


def fetch_one(line: Line, teller: Teller, ref: str) -> Raw | None:
    """A status as the delivery that would have announced it; None if it is gone."""
    if not ref.isalnum():
        return None
    status = fetched(line, ref)
    return None if status is None else teller.statuses([status])


def timeline(
    line: Line, account: Account, teller: Teller, author: str, cursor: str | None
) -> RawPage:
    """A page of what an account wrote, as far as our server knows it, without what it repeated.

    The cursor is ``id of the account there:where to go on``.
    """
    account_id, _, further = (cursor or "").partition(":")
    if not account_id:
        account_id = _account_id(line, address_of(author, home_of(account.external_id)), account)
    path = f"/api/v1/accounts/{account_id}/statuses"
    page = _paged(line, path, {"exclude_reblogs": "true"}, further)
    return _told(teller, path, page, f"{account_id}:")


def _account_id(line: Line, address: str, account: Account) -> str:
    """What our server calls somebody; it goes and looks if it has not met them yet."""
    acct = short(address, home_of(account.external_id))
    try:
        found = line.get("/api/v1/accounts/lookup", {"acct": acct}, needs="read:accounts").fields
        return text_in(found, "id")
    except (failures.TargetGone, failures.ContractChanged):
        pass
    params: Params = {"q": f"@{address}", "type": "accounts", "resolve": "true", "limit": 1}
    answer = line.get(_SEARCH, params, needs="read:search").fields
    for one in _objects(answer, "accounts"):
        if address_of(text_in(one, "acct"), home_of(account.external_id)) == address:
            return text_in(one, "id")
    raise failures.TargetGone


def search(line: Line, teller: Teller, words: str, cursor: str | None) -> RawPage:
    """A page of statuses with a hashtag, or with these words where the server looks for words.

    Mastodon finds words only in what people let be found, and only where its owner set that up;
    elsewhere nothing is found.
    """
    tag = words.strip().removeprefix("#")
    if words.strip().startswith("#") and tag.replace("_", "").isalnum():
        path = f"/api/v1/timelines/tag/{tag}"
        return _told(teller, path, _paged(line, path, {}, cursor or ""), "")
    offset = int(cursor) if cursor and cursor.isdecimal() else 0
    params: Params = {"q": words, "type": "statuses", "limit": _FOUND, "offset": offset}
    found = _objects(line.get(_SEARCH, params, needs="read:search").fields, "statuses")
    if not found:
        return RawPage((), None)
    return RawPage((teller.statuses(found, _SEARCH),), str(offset + len(found)))


def _paged(line: Line, path: str, params: Params, further: str) -> list[Fields]:
    where: Params = {"max_id": further} if further else {}
    return line.get(path, {**params, **where, "limit": PAGE}, needs="read:statuses").entries


def _told(teller: Teller, path: str, page: list[Fields], lead: str) -> RawPage:
    """A page of strangers' statuses: where each stands is not worth a call."""
    if not page:
        return RawPage((), None)
    raw = teller.raw(path, {"statuses": page}, [])
    return RawPage((raw,), lead + min((text_in(one, "id") for one in page), key=order))


def _objects(answer: Fields, name: str) -> list[Fields]:
    found = answer.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
