"""Why a reply was not sent, in words: what, whose words they are, what to do now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hearwell.inbox.unsendable import (
    AlreadySent,
    CannotSend,
    Conflict,
    Guarded,
    TakenByOther,
    Undescribed,
    Unsendable,
)
from hearwell.kit.clock import now
from hearwell.web.components.clocks import duration
from hearwell.web.components.writing import Stop

_SHOWN = 280


def stop_of(refusal: Unsendable) -> Stop:
    """Return the banner for a refusal; those that can be confirmed offer "Send anyway" once."""
    token = "1" if refusal.can_confirm else ""
    if isinstance(refusal, Conflict):
        return _conflict(refusal, token)
    if isinstance(refusal, AlreadySent):
        title, text = _("This reply had arrived already."), _("What you changed since is not sent.")
        read_url = f"#m-d-{refusal.delivery_id}"
        return Stop("warn", title, text, theirs=refusal.text[:_SHOWN], read_url=read_url)
    if isinstance(refusal, CannotSend):
        codes = ", ".join(dict.fromkeys(problem.code for problem in refusal.problems))
        return Stop("late", _("Not sent."), refusal.message, code=codes)
    if isinstance(refusal, Guarded | Undescribed):
        return _guarded(refusal) if isinstance(refusal, Guarded) else _undescribed(refusal, "1")
    if isinstance(refusal, TakenByOther):
        return Stop("warn", _("Not sent yet."), refusal.message, force_token=token)
    return Stop("warn", _("Not sent."), refusal.message, force_token=token, code=refusal.code)


def _undescribed(refusal: Undescribed, token: str) -> Stop:
    """Ask for a description, and say what it is good for; a person may do without."""
    words = _("Nothing was sent. A sentence below the picture is enough: what is there to see?")
    return Stop(
        "warn",
        refusal.message,
        words,
        force_token=token,
        force_name="undescribed",
        force_words=_("Send without a description"),
    )


def _guarded(refusal: Guarded) -> Stop:
    """Say what the guard found; what only warns can be sent all the same, by one more press."""
    if refusal.is_blocking:
        words = _("%(why)s Change it, then send it.") % {"why": refusal.message}
        return Stop("late", _("Not sent."), words)
    tokens = ",".join(finding.token for finding in refusal.findings)
    return Stop(
        "warn",
        _("Not sent yet."),
        refusal.message,
        force_token=tokens,
        force_name="overrides",
        force_words=_("Send it all the same"),
        points=refusal.points if len(refusal.findings) > 1 else (),
    )


def _conflict(refusal: Conflict, token: str) -> Stop:
    """Say who spoke while the reply was being written, how long ago, and what they said."""
    newest = refusal.newer[-1] if refusal.newer else None
    if newest is not None:
        passed = duration((now() - newest.received_at).total_seconds())
        values = {"name": newest.author_name or _("The customer"), "time": passed}
        is_theirs = newest.direction == "in"
        title = (
            _("%(name)s wrote again %(time)s ago.")
            if is_theirs
            else _("%(name)s answered %(time)s ago.")
        )
        return Stop(
            "warn",
            title % values,
            _("Nothing was sent. Read it, or send anyway."),
            theirs=newest.text[:_SHOWN],
            read_url=f"#m-{newest.id}",
            force_token=token,
        )
    if refusal.pending:
        other = refusal.pending[-1]
        return Stop(
            "warn",
            _("A colleague's reply is on its way."),
            _("Nothing was sent. Read it, or send anyway."),
            theirs=other.text[:_SHOWN],
            read_url=f"#m-d-{other.delivery_id}",
            force_token=token,
        )
    return Stop("warn", _("The case has changed."), refusal.message, force_token=token)
