"""To have LinkedIn call us, and to know whether it still does.

A subscription belongs to a person who is an administrator of the Page. It dies without a word when
they lose that role, withdraw their consent, or when our address fails three checks in a row.
"""

from __future__ import annotations

from contextlib import suppress

from hearwell.connect import failures
from hearwell.connect.model import Account
from hearwell.connectors.linkedin import urns
from hearwell.connectors.linkedin.manifest import ADMIN, STANDARD
from hearwell.connectors.linkedin.signin import APPLICATION, PERSON
from hearwell.connectors.linkedin.wire import Answer, Line

EVENT = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"


def wants_calls(account: Account) -> bool:
    """Whether LinkedIn can be told to call: by its tier, and with the number of the app."""
    settings = account.settings
    return account.tier == STANDARD and bool(settings.get(APPLICATION) and settings.get(PERSON))


def subscribe(line: Line, account: Account, hook_url: str) -> None:
    """Have it call; again is no error. Nothing is done where it cannot: then we ask."""
    if wants_calls(account):
        line.do("PUT", _path(account), ADMIN, {"webhook": hook_url})


def unsubscribe(line: Line, account: Account) -> None:
    """Stop the calls."""
    if account.settings.get(APPLICATION) and account.settings.get(PERSON):
        with suppress(failures.TargetGone):
            line.do("DELETE", _path(account), ADMIN)


def standing(line: Line, account: Account) -> Answer | None:
    """The subscription as LinkedIn has it; None if it has none."""
    try:
        return line.get(_path(account), ADMIN)
    except failures.TargetGone:
        return None


def _path(account: Account) -> str:
    app = urns.encoded(f"urn:li:developerApplication:{account.settings.get(APPLICATION, '')}")
    person = urns.encoded(account.settings.get(PERSON, ""))
    page = urns.encoded(account.external_id)
    return (
        f"eventSubscriptions/(developerApplication:{app},user:{person},entity:{page},"
        f"eventType:{EVENT})"
    )
