"""The guard's look at an answer: what it finds is said before anything is queued."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hearwell.accounts.models import Membership
from hearwell.connect.mediarule import NO_ALT
from hearwell.connect.model import Audience
from hearwell.conversations.models import Case
from hearwell.guard.likeness import count_alike, is_long_enough, names_one
from hearwell.guard.models import Policy
from hearwell.guard.money import promised
from hearwell.guard.plain import plain
from hearwell.guard.queries import replies_to_others, terms_of
from hearwell.guard.rules import Check, Finding, Level, Terms, findings
from hearwell.inbox.composing import Target
from hearwell.inbox.unsendable import CannotSend, Guarded, Undescribed
from hearwell.outbound.render import Rendered
from hearwell.powers.grants import given_before, power_of, purse_of
from hearwell.powers.money import digits_of


def look(
    case: Case,
    target: Target,
    text: str,
    policy: Policy,
    by: Membership,
    *,
    alts: Sequence[str] = (),
) -> list[Finding]:
    """What the guard finds in a text as typed and in what pictures are said to show (`alts`).

    A description that is missing is not its to say.
    """
    terms = terms_of(policy)
    read = "\n\n".join([text, *alts])
    found = findings(read, terms, is_public=target.audience is Audience.PUBLIC)
    found += _alike(case, target, text, terms, policy)
    if terms.is_on(Check.PROMISE):
        over = [written for written, _minor in promises_above(case, text, by)]
        found += [terms.finding(Check.PROMISE, over)] if over else []
    return found


def promises_above(case: Case, text: str, by: Membership) -> list[tuple[str, int]]:
    """What a text promises above what its writer may give in a case: as written, in minor units.

    What was given in the case already may be named.
    """
    if not any(sign.isdigit() for sign in text):
        return []
    currency = purse_of(by.workspace_id).currency
    one = 10 ** digits_of(currency)
    amounts = [(written, int(value * one)) for written, value in promised(plain(text), currency)]
    if not amounts:
        return []
    limit = power_of(by.workspace_id, by.role).limits.case
    if limit is None:
        return []
    most = max(limit, given_before(by.workspace_id, by, case.id, case.contact_id).case)
    return [(written, minor) for written, minor in amounts if minor > most]


def _alike(case: Case, target: Target, text: str, terms: Terms, policy: Policy) -> list[Finding]:
    """Whether it reads as others got it, and names nothing of this customer's."""
    if not terms.is_on(Check.ALIKE) or not is_long_enough(text):
        return []
    author = target.parent.author_identity if target.parent else None
    names = [author.name, author.handle] if author else []
    if names_one(text, [*names, case.label]):
        return []
    customer = author.external_id if author else ""
    others = replies_to_others(case.workspace_id, customer, policy.alike_of)
    count = count_alike(text, others)
    return [terms.finding(Check.ALIKE, [str(count)])] if count >= policy.alike_from else []


def refuse_unless_overridden(found: Sequence[Finding], overrides: Collection[str]) -> list[Finding]:
    """Return the warnings that the writer has been told of and overrides.

    Raises Guarded for a finding that blocks, or for a warning that they were not told of.
    """
    if any(one.is_blocking or one.token not in overrides for one in found):
        raise Guarded(found)
    return list(found)


def refuse_if_undescribed(ready: Rendered, policy: Policy, *, is_undescribed: bool) -> None:
    """Raise Undescribed for pictures without a description, CannotSend where none may go so."""
    nameless = [problem for problem in ready.problems if problem.code == NO_ALT]
    level = Level(policy.levels.get(Check.ALT, Level.WARN))
    if nameless and level is Level.BLOCK:
        raise CannotSend(nameless[:1])
    if nameless and level is Level.WARN and not is_undescribed:
        raise Undescribed(nameless)
