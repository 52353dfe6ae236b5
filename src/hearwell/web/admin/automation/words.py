"""When a rule looks and what must hold, in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from hearwell.automation.models import Rule
from hearwell.automation.rules import Conditions
from hearwell.web.admin.automation.forms import HOURS
from hearwell.web.admin.routing.rules import when_words


def called_words(rule: Rule, handles: Mapping[str, str]) -> str:
    """Say when a rule looks at a case, and what must hold of it. `handles`: account id -> name."""
    when = str(rule.get_trigger_display())
    if rule.tags:
        when = f"{when}: {_either(rule.tags)}"
    held = [when_words(rule.wanted.when, handles), *_more(rule.wanted)]
    return " · ".join(filter(None, [when, *held]))


def _more(wanted: Conditions) -> Iterable[str]:
    if wanted.words:
        yield _("it contains %(words)s") % {"words": _either(wanted.words)}
    if wanted.not_tags:
        yield _("it has no label %(labels)s") % {"labels": _either(wanted.not_tags)}
    if wanted.hours:
        yield str(dict(HOURS)[wanted.hours.value])
    if wanted.earlier_from is not None:
        yield _("earlier cases: %(n)s or more") % {"n": wanted.earlier_from}
    if wanted.earlier_to is not None:
        yield _("earlier cases: %(n)s at most") % {"n": wanted.earlier_to}


def _either(values: Iterable[str]) -> str:
    return _(" or ").join(_("“%(name)s”") % {"name": value} for value in sorted(values))
