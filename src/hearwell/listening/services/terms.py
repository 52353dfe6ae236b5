"""Make and change what is listened for. What finds nothing else keeps its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.kit.clock import now
from hearwell.kit.text import clean
from hearwell.listening.models import Term, TermKind
from hearwell.listening.tokens import words_in

MOST_WORDS: Final = 200
LONGEST: Final = 100
# What is shorter stands in every second post.
SHORTEST: Final = 2
# A new term looks back so far: yesterday's complaint is worth an answer, last month's is not.
LOOK_BACK: Final = timedelta(hours=24)


class BadTermError(ValueError):
    """The term cannot be kept as given; the text says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFacts:
    """What people fill in. See `rules.Wanted` for what the lists mean."""

    name: str
    kind: str = TermKind.NAME.value
    phrases: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    is_common: bool = False
    is_exact: bool = False
    is_lenient: bool = False


@transaction.atomic
def save_term(
    workspace_id: UUID, facts: TermFacts, *, by: User, term_id: UUID | None = None
) -> Term:
    """Make a term, or give one a new version if anything in it changed.

    Raises BadTermError, Term.DoesNotExist.
    """
    tidy = tidied(facts)
    _refuse_taken_name(workspace_id, tidy.name, term_id)
    if term_id is None:
        fresh = Term(workspace_id=workspace_id, version=0, since=now() - LOOK_BACK)
        return _kept(fresh, {}, asdict(tidy), by)
    term = Term.objects.select_for_update().get(workspace_id=workspace_id, id=term_id)
    before = {name: _plain(getattr(term, name)) for name in asdict(tidy)}
    after = {name: _plain(value) for name, value in asdict(tidy).items()}
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        return term
    return _kept(term, {name: before[name] for name in changed}, changed, by)


def _kept(term: Term, before: Mapping[str, Any], after: Mapping[str, Any], by: User) -> Term:
    for name, value in after.items():
        setattr(term, name, _plain(value))
    term.version += 1
    term.changed_at, term.changed_by_id = now(), by.id
    term.save()
    _audit(term, "changed" if before else "added", by, before, after)
    return term


@transaction.atomic
def switch_term(workspace_id: UUID, term_id: UUID, *, is_active: bool, by: User) -> bool:
    """Listen for a term or no longer; True if that changed anything. Its history stays.

    What was said while it was off is not taken in later. Raises Term.DoesNotExist.
    """
    term = Term.objects.select_for_update().get(workspace_id=workspace_id, id=term_id)
    if term.is_active == is_active:
        return False
    term.is_active, term.changed_at, term.changed_by_id = is_active, now(), by.id
    if is_active:
        term.since = now() - LOOK_BACK
    term.save()
    _audit(term, "on" if is_active else "off", by, {}, {})
    return True


def tidied(facts: TermFacts) -> TermFacts:
    """Return the facts without blanks and doubles. Raises BadTermError."""
    name = " ".join(clean(facts.name)[0].split())[:LONGEST]
    phrases = _lines(facts.phrases) or ((name,) if words_in(name) else ())
    if not name:
        raise BadTermError(_("Give the term a name."))
    if not all(words_in(phrase) for phrase in phrases) or not phrases:
        raise BadTermError(_("Each name needs at least one letter or digit."))
    short = [p for p in phrases if len("".join(words_in(p))) < SHORTEST]
    if short:
        raise BadTermError(_("“%(word)s” is too short to be looked for.") % {"word": short[0]})
    excluded = _lines(facts.exclusions)
    if {words_in(p) for p in phrases} & {words_in(e) for e in excluded}:
        raise BadTermError(_("A name stands among the exclusions, too: nothing would be found."))
    return TermFacts(
        name=name,
        kind=facts.kind if facts.kind in TermKind.values else TermKind.NAME.value,
        phrases=phrases,
        exclusions=excluded,
        helps=_lines(facts.helps),
        against=_lines(facts.against),
        languages=tuple(sorted({code.strip().lower()[:8] for code in facts.languages} - {""})),
        networks=tuple(sorted(set(facts.networks) - {""})),
        is_common=facts.is_common,
        is_exact=facts.is_exact,
        is_lenient=facts.is_lenient,
    )


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    """Return phrases in their order, each once whatever its case, without blanks."""
    found: dict[str, str] = {}
    for text in texts:
        line = " ".join(clean(text)[0].split())
        if line:
            found.setdefault(line.casefold(), line)
    if len(found) > MOST_WORDS or any(len(line) > LONGEST for line in found.values()):
        words = _("A list takes %(most)s entries of at most %(long)s characters.")
        raise BadTermError(words % {"most": MOST_WORDS, "long": LONGEST})
    return tuple(found.values())


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple | list) else value


def _refuse_taken_name(workspace_id: UUID, name: str, term_id: UUID | None) -> None:
    others = Term.objects.filter(workspace_id=workspace_id, name=name)
    if any(other.id != term_id for other in others):
        raise BadTermError(_("There is a term of this name already."))


def _audit(
    term: Term, verb: str, by: User, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    entry = AuditEntry(
        f"listening.term_{verb}", by, "term", term.id, term.name, before or None, after or None
    )
    record_audit(term.workspace_id, [entry])
