"""Our drafts as Instagram wants them, and what would stop them. Pure."""

from __future__ import annotations

from datetime import datetime

from hearwell.connect.model import Account, Draft, Problem
from hearwell.connect.wording import Wording
from hearwell.connectors.instagram.manifest import MANIFEST, PRIVATE_ANSWER, WINDOW
from hearwell.connectors.meta import drafts

RULES = drafts.Rules(
    MANIFEST,
    WINDOW,
    PRIVATE_ANSWER,
    other_account="This reply was written for another account.",
    nothing_here="There is nothing here that Instagram lets us answer.",
    instead="They can write again, and then you can; below a picture of yours you can answer in"
    " public.",
    too_long=Wording(
        "%(over)s bytes (letters with accents take two, most emoji four or more) too long for"
        " Instagram."
    ),
)


def problems(account: Account, draft: Draft, now: datetime) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    return drafts.problems(RULES, account, draft, now)
