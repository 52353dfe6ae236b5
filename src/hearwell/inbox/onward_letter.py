"""The mail that carries a chat's answers on: the answers, why they come, what was said before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _

from hearwell.webchat.models import Line, Side

MOST_QUOTED: Final = 6
_LONGEST_QUOTE: Final = 600
# An address of whatever kind, also one that only a reader's program would make a link of.
_LINK: Final = re.compile(r"\w+://\S*|\S*\w\.[^\W\d_]{2,}\S*")


def subject_of(title: str) -> str:
    """Return the subject of a chat's first mail: whose chat it was, by the chat's own heading."""
    return _("%(title)s: our answer to your chat") % {"title": title}


def text_of(
    answers: Sequence[Line],
    earlier: Iterable[Line],
    title: str,
    site: str,
    *,
    enclosed: Sequence[str] = (),
    is_proven: bool = False,
) -> str:
    """Return the whole text: all answers that were not read, oldest first, and what is quoted.

    ``enclosed`` are the names of files that the mail brings; without any, those of the answers
    are named all the same, for they wait in the chat. Unless the site has said whose the address
    is (``is_proven``), the letter may reach somebody who never wrote to us: what is quoted of the
    visitor then leads nowhere.
    """
    why = _(
        "You get this e-mail because you wrote to us in the chat on %(site)s, left this address"
        " and were gone when we answered. To go on, simply reply to this e-mail."
    ) % {"site": site}
    words = [line.text for line in answers if line.text]
    where = _("Enclosed: %(names)s") if enclosed else _("In the chat, for you to fetch: %(names)s")
    names = enclosed or [name for line in answers for name in _names(line)]
    if names:
        words.append(where % {"names": ", ".join(names)})
    said = "\n\n".join(words)
    quoted = [
        _quoted(line, title, is_proven=is_proven) for line in earlier if line.text or line.files
    ]
    if not quoted:
        return f"{said}\n\n{why}"
    before = _("What was said in the chat before:")
    return f"{said}\n\n{why}\n\n{before}\n\n" + "\n>\n".join(quoted)


def _quoted(line: Line, title: str, *, is_proven: bool) -> str:
    who = _("You") if line.side == Side.IN else title
    text = line.text or _("File: %(name)s") % {"name": ", ".join(_names(line))}
    if len(text) > _LONGEST_QUOTE:
        text = text[: _LONGEST_QUOTE - 1].rstrip() + "…"
    if line.side == Side.IN and not is_proven:
        text = _LINK.sub("[…]", text)
    first, *more = text.splitlines() or [""]
    return "\n".join([f"> {who}: {first}", *(f"> {one}" for one in more)])


def _names(line: Line) -> list[str]:
    return [str(file.get("name", "")) for file in line.files]
