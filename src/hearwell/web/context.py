"""What the frame of every page needs: look, keys, place in the live stream, waiting sends."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.translation import get_language_bidi, gettext

from hearwell.web.commands import worded_commands
from hearwell.web.components.clocks import SOON_SHARE, UNITS
from hearwell.web.preferences import Preferences, preferences_of


def _words() -> dict[str, str]:
    """Return the sentences the scripts say, in the reader's language."""
    return {
        "new": gettext("%(n)s new. Show them"),
        "newUrgent": gettext("%(n)s new, %(u)s urgent. Show them"),
        "below": gettext("%(n)s new below"),
        "live": gettext("Live"),
        "behind": gettext("%(time)s behind"),
        "connecting": gettext("Connecting"),
        "lost": gettext("No connection since %(time)s. You can read and write; nothing is lost."),
        "trying": gettext("Trying again"),
        "back": gettext("Back. Numbers and clocks are up to date."),
        "reading": gettext("%(name)s is reading this case."),
        "writing": gettext("%(name)s is writing, since %(time)s."),
        "over": gettext("%(n)s over %(limit)s"),
        "count": gettext("%(n)s of %(limit)s"),
        "saved": gettext("Draft saved"),
        "soon": gettext("The clock of this case is running out."),
        "late": gettext("The clock of this case has run out."),
        "failed": gettext("That did not work. Nothing was changed. Try again."),
        "offline": gettext("No connection. Your text is safe here; try again in a moment."),
        "undone": gettext("Not sent. Your text is back as a draft."),
        "sent": gettext("Sent."),
        "noMatch": gettext("Nothing fits. Try fewer letters."),
        "chosen": gettext("%(n)s chosen"),
        "removed": gettext("Solved or moved by someone else"),
        "sending": gettext("%(percent)s sent, %(rate)s MB a second, %(time)s left"),
        "checking": gettext("Sent. The server looks at it."),
        "interrupted": gettext("The connection broke. Nothing of the file was kept. Try again."),
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the person's look and what the scripts read from the page."""
    prefs = preferences_of(request.user) if hasattr(request, "user") else Preferences()
    member = getattr(request, "membership", None)
    return {
        "prefs": prefs,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "member": member,
        "place": getattr(request, "workspace", None),
        "script_config": {
            "commands": worded_commands(),
            "csrf": get_token(request),
            "user": str(member.user_id) if member else None,
            "keys": prefs.has_single_keys,
            "soon": SOON_SHARE,
            "units": {key: str(words) for key, words in UNITS.items()},
            "words": _words(),
        },
    }
