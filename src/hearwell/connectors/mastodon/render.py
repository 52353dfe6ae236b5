"""Our drafts as a server wants them, and what would stop them.

An answer has to call whom it answers, repeat what was warned of, and never reach further than
what it answers. What is private stays between those who took part: also an answer to somebody
who wrote for their followers alone is a direct message, for our followers are not theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hearwell.connect import preflight
from hearwell.connect.fields import Fields, text_or_none
from hearwell.connect.model import Account, Audience, Draft, Problem
from hearwell.connect.signature import shown
from hearwell.connect.wording import Wording
from hearwell.connectors.mastodon import instance
from hearwell.connectors.mastodon.manifest import MEDIA_SCOPE
from hearwell.connectors.mastodon.names import address_of, home_of, short
from hearwell.connectors.mastodon.statuses import OPEN
from hearwell.connectors.mastodon.words import mentions_of

# Setting: how far a public answer reaches, public or unlisted (not in public timelines).
VISIBILITY = "visibility"
_CALLED = re.compile(r"(?<![=/\w])@([\w.-]*\w(?:@[\w.-]*\w)?)")


@dataclass(frozen=True, slots=True)
class Target:
    """What is answered: whom to call (full addresses), how far it reaches, what it warns of."""

    people: tuple[str, ...]
    visibility: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A status to be made."""

    text: str
    visibility: str
    warning: str = ""
    parent: str | None = None
    files: tuple[str, ...] = ()

    @property
    def form(self) -> dict[str, str | Sequence[str]]:
        """As the server takes it."""
        form: dict[str, str | Sequence[str]] = {
            "status": self.text,
            "visibility": self.visibility,
            "content_type": "text/plain",
        }
        if self.files:
            form["media_ids[]"] = list(self.files)
        if self.warning:
            form |= {"spoiler_text": self.warning, "sensitive": "true"}
        if self.parent:
            form["in_reply_to_id"] = self.parent
        return form


_TOO_LONG = Wording("%(over)s characters too long for this server.")
_TOO_LONG_SO_CALLED = Wording(
    "%(over)s characters too long for this server; whom it answers is called in front, and counts."
)


def target_of(account: Account, status: Fields) -> Target:
    """What is answered, as its server shows it.

    In private everybody in it is called again, or they would be shut out; in public its author,
    or those it speaks to where that is ourselves.
    """
    home = home_of(account.external_id)
    author = status.get("account")
    acct = text_or_none(author, "acct") if isinstance(author, dict) else None
    writer = address_of(acct, home) if acct else ""
    called = [one.address for one in mentions_of(status, home)]
    visibility = text_or_none(status, "visibility") or "direct"
    is_enough = visibility in OPEN and writer != account.external_id
    people = [writer] if is_enough else [writer, *called]
    kept = tuple(dict.fromkeys(one for one in people if one and one != account.external_id))
    return Target(kept, visibility, text_or_none(status, "spoiler_text") or "")


def post_of(account: Account, draft: Draft, target: Target) -> Post:
    """The status that a draft becomes."""
    words = shown(draft)
    calls = _calls(words, target.people, home_of(account.external_id))
    return Post(
        text=calls + words,
        visibility=_visibility(account, draft, target),
        warning=target.warning,
        parent=draft.parent_id,
        files=tuple(file.handle for file in draft.media),
    )


def _calls(words: str, people: Sequence[str], home: str) -> str:
    """The mentions to put in front: of those who are not called in the words already."""
    called = {address_of(name, home) for name in _CALLED.findall(words)}
    return "".join(f"@{short(one, home)} " for one in people if one not in called)


def _visibility(account: Account, draft: Draft, target: Target) -> str:
    """Never further than what is answered, nor than the account wants to be heard."""
    if draft.audience is Audience.PRIVATE or target.visibility not in OPEN:
        return "direct"
    is_quiet = "unlisted" in {target.visibility, account.settings.get(VISIBILITY)}
    return "unlisted" if is_quiet else "public"


# --- what would stop it --------------------------------------------------------------------------


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(account, draft),
        _no_target(draft),
        _empty_or_too_long(account, draft),
        _no_right(account, draft),
    ]
    return preflight.listed(instance.media_rule_of(account.settings), draft, found)


def _no_target(draft: Draft) -> Problem | None:
    is_private = draft.audience is Audience.PRIVATE
    if draft.parent_id or (is_private and draft.to):
        return None
    return Problem("target_gone", "There is no message to answer.")


def _empty_or_too_long(account: Account, draft: Draft) -> Problem | None:
    rule, text = instance.rule_of(account.settings), _foreseen(account, draft)
    long = preflight.too_long(rule, text, "", _TOO_LONG_SO_CALLED if draft.to else _TOO_LONG)
    return preflight.nothing(draft) or long


def _foreseen(account: Account, draft: Draft) -> str:
    """The text as far as it is known before asking what is answered."""
    words = shown(draft)
    people = [draft.to.external_id] if draft.to else []
    return _calls(words, people, home_of(account.external_id)) + words


def _no_right(account: Account, draft: Draft) -> Problem | None:
    """An account that was connected before files could be sent has no right to."""
    given = account.scopes
    if not draft.media or not given or given & {MEDIA_SCOPE, "write"}:
        return None
    words = "This account was connected without the right to send files. Connect it again."
    return Problem("scope_missing", words)
