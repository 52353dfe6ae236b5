"""What a translation must keep of its text: its places to fill in, its tags, all its forms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from babel.messages.catalog import Message

# %(name)s and {name} may change their order; %s and %d stand for what comes next, so they must not.
NAMED: Final = re.compile(r"%\(\w+\)[sdif]|\{\w*\}")
IN_ORDER: Final = re.compile(r"(?<!%)(?:%%)*(%[sdif])")
TAGS: Final = re.compile(r"</?[a-z][^>]*>|&(?:#\d+|\w+);", re.IGNORECASE)


def strings(value: object) -> tuple[str, ...]:
    """Return one string or several as several; what is no string, as an empty one."""
    many = value if isinstance(value, (tuple, list)) else (value,)
    return tuple(one if isinstance(one, str) else "" for one in many)


def faults(message: Message | None, forms: int) -> Iterator[str]:
    """Yield what is wrong with a translation; None is a text that the catalogue lacks."""
    if message is None:
        yield "missing"
        return
    given = strings(message.string)
    if not all(given):
        yield "not translated"
        return
    if message.fuzzy:
        yield "fuzzy"
    if message.pluralizable and len(given) != forms:
        yield f"{len(given)} forms of the plural instead of {forms}"
    for place, form in enumerate(given):
        yield from _form_faults(message, form, place, forms)


def _form_faults(message: Message, form: str, place: int, forms: int) -> Iterator[str]:
    ids = strings(message.id)
    wanted, has = Counter(NAMED.findall(ids[-1])), Counter(NAMED.findall(form))
    # "One reply", "two replies": forms of a single number may do without the number.
    is_single = message.pluralizable and place < {2: 1, 6: 3}.get(forms, 0)
    if has - wanted or (not is_single and wanted - has):
        yield f"other places to fill in ({_listed(has)} instead of {_listed(wanted)})"
    if IN_ORDER.findall(ids[-1]) != IN_ORDER.findall(form):
        yield "other %s or %d"
    if Counter(TAGS.findall(ids[-1])) != Counter(TAGS.findall(form)):
        yield f"other tags ({TAGS.findall(form)} instead of {TAGS.findall(ids[-1])})"
    if form.strip() != form and ids[-1].strip() == ids[-1]:
        yield "white space at an end"


def _listed(found: Counter[str]) -> str:
    return " ".join(sorted(found.elements())) or "none"
