"""What the frame of every page needs: look, keys, place in the live stream, waiting sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import get_language_bidi, gettext

from hearwell.accounts.access import MemberRequest
from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.accounts.services.factors import is_to_set_one_up
from hearwell.web.agent.desk.mine import my_presence
from hearwell.web.agent.inbox.shared import waiting_sends
from hearwell.web.commands import WITHOUT_CASES, worded_commands
from hearwell.web.components.clocks import SOON_SHARE, UNITS
from hearwell.web.components.routed import PRESENCES
from hearwell.web.preferences import Preferences, preferences_of


def _words() -> dict[str, str]:
    """Return the sentences the scripts say, in the reader's language."""
    return {
        **_words_of_the_list(),
        **_words_of_the_line(),
        **_words_of_writing(),
        **_words_of_uploads(),
    }


def _words_of_the_list() -> dict[str, str]:
    return {
        "new": gettext("%(n)s new. Show them"),
        "newUrgent": gettext("%(n)s new, %(u)s urgent. Show them"),
        "old": gettext("This list is old. Load it anew"),
        "below": gettext("%(n)s new below"),
        **{key: str(words) for key, words in PRESENCES.items()},
        "youAre": gettext("You are: %(presence)s. Change it"),
        "chosen": gettext("%(n)s chosen"),
        "you": gettext("you"),
        "waits": gettext("Waits for customer"),
        "nothingToDo": gettext("Nothing to do"),
        "goneCaseClosed": gettext("Solved by %(name)s, %(time)s"),
        "goneCaseMerged": gettext("Merged by %(name)s, %(time)s"),
        "goneCaseSnoozed": gettext("Snoozed by %(name)s, %(time)s"),
        "goneCaseAssigned": gettext("Assigned by %(name)s, %(time)s"),
        "goneReplySent": gettext("Answered by %(name)s, %(time)s"),
        "removed": gettext("No longer in this list"),
        "noNext": gettext("No other case waits in this list."),
        "noMatch": gettext("Nothing fits. Try fewer letters."),
        "reading": gettext("%(name)s is reading this case."),
        "writing": gettext("%(name)s is writing, since %(time)s."),
        "soon": gettext("The clock of this case is running out."),
        "late": gettext("The clock of this case has run out."),
        "open": gettext("Open"),
        "alarmSoon": gettext("%(case)s: %(clock)s is due in %(time)s."),
        "alarmLate": gettext("%(case)s: %(clock)s is late."),
        "alarmMore": gettext("More clocks run out: %(n)s."),
        "clock_first_reply": gettext("the first reply"),
        "clock_answer": gettext("the answer"),
        "clock_resolution": gettext("settling it"),
        "failed": gettext("That did not work. Nothing was changed. Try again."),
        "failedRead": gettext("That could not be loaded. Try again."),
    }


def _words_of_the_line() -> dict[str, str]:
    return {
        "live": gettext("Live"),
        "behind": gettext("%(time)s behind"),
        "trying": gettext("Connecting"),
        "lost": gettext("No connection since %(time)s. Read and write on; your text is kept here."),
        "waitHere": gettext("Not sent yet: %(n)s."),
        "waitHeld": gettext("Already with the server, going out by themselves: %(n)s."),
        "signedOut": gettext("You are signed out. Your text is kept in this browser."),
        "back": gettext("Connected again after %(time)s."),
        "backNew": gettext("New cases: %(n)s."),
        "backChanged": gettext("Changed cases: %(n)s."),
        "backSent": gettext("Replies gone out: %(n)s."),
        "backWaiting": gettext("Replies that wait for you: %(n)s."),
        "backSame": gettext("Nothing has changed."),
        "offlineRead": gettext("No connection: this cannot be opened now."),
        "offlineAct": gettext("No connection: nothing was changed. Try again in a moment."),
    }


def _words_of_writing() -> dict[str, str]:
    return {
        "over": gettext("%(n)s over %(limit)s"),
        "count": gettext("%(n)s of %(limit)s"),
        "segments": gettext("segments: %(n)s (%(encoding)s), %(left)s left in the last"),
        "saved": gettext("Draft saved"),
        "visitorHere": gettext("%(name)s has the chat open."),
        "visitorWriting": gettext("%(name)s is writing in the chat…"),
        "filesFailed": gettext(
            "The file could not be brought to the server. Your text is safe; attach it again."
        ),
        "filesSending": gettext("Bringing %(n)s to the server…"),
        "filesThere": gettext("Files that go along: %(n)s"),
        "filesNotHere": gettext("Files cannot be sent to these readers from here."),
        "filesWait": gettext("It is sent as soon as the file is there."),
        "pastedName": gettext("picture.png"),
        "keptHere": gettext("Kept in this browser"),
        "notSaved": gettext("Not saved; kept in this browser"),
        "sent": gettext("Sent."),
        "notSent": gettext("Not sent."),
        "sendNow": gettext("Send now"),
        "sendLost": gettext("There is no connection since %(time)s. Your text is kept here."),
        "sendFailed": gettext(
            "The server did not answer as it should (%(code)s). Your text is kept here; "
            "sent again, it cannot go out twice."
        ),
        "sendOut": gettext("Your session is over. Your text is kept here; load the page again."),
        "offer": gettext("Your reply to %(name)s was not sent: there was no connection."),
        "offerHere": gettext("There was no connection. There is one again: read what is new."),
        "openIt": gettext("Open the case"),
        "arrived": gettext("Your reply to %(name)s had arrived before the connection was lost."),
        "wasSent": gettext("This was sent already. What you wrote since is still here."),
        "undoWaits": gettext("Taking it back."),
        "undoFailed": gettext("It could not be taken back: the server did not answer. Try again."),
        "notSentAnyway": gettext("Nothing was sent, so there is nothing to take back."),
        "nothingToUndo": gettext("There is nothing to take back."),
        "noUndoTime": gettext("It has left already: your time to take back is 0 seconds."),
        "noteKept": gettext("The note is kept."),
        "noteStays": gettext("A note cannot be taken back. Only your team sees it."),
    }


def _words_of_uploads() -> dict[str, str]:
    return {
        "sending": gettext("%(percent)s sent, %(rate)s MB a second, %(time)s left"),
        "checking": gettext("Sent. The server looks at it."),
        "interrupted": gettext("The connection broke. Nothing of the file was kept. Try again."),
    }


def _commands(prefs: Preferences, *, sees_cases: bool) -> Sequence[Mapping[str, Any]]:
    """Return the commands; to who sees no cases, those that have nothing to do with any."""
    known = worded_commands(prefs.all_keys)
    return known if sees_cases else [one for one in known if one["id"] in WITHOUT_CASES]


def _factor_by(member: Membership | None) -> datetime | None:
    """Return by when somebody has to set up the second factor they have not; None: no need."""
    if member is None or not is_to_set_one_up(member):
        return None
    return member.workspace.second_factor_from


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the person's look and what the scripts read from the page."""
    prefs = preferences_of(request.user) if hasattr(request, "user") else Preferences()
    member = getattr(request, "membership", None)
    sees_cases = member is not None and can(member.role, "read")
    return {
        "prefs": prefs,
        "direction": "rtl" if get_language_bidi() else "ltr",
        "member": member,
        "place": getattr(request, "workspace", None),
        "sees_cases": sees_cases,
        # Asked where a page has the frame, and only while a workspace's time for it runs.
        "factor_by": lambda: _factor_by(member),
        "sees_held": member is not None and can(member.role, "see_held_back"),
        "waiting_sends": lambda: (
            waiting_sends(cast("MemberRequest", request)) if sees_cases else ()
        ),
        "minds_spikes": member is not None and can(member.role, "approve"),
        "minds_webhooks": member is not None and can(member.role, "manage_settings"),
        # Looked up where a template first asks for it, and once.
        "mine": cache(lambda: my_presence(cast("MemberRequest", request)) if sees_cases else None),
        "script_config": {
            "commands": _commands(prefs, sees_cases=sees_cases),
            "csrf": get_token(request),
            "login": reverse("account_login"),
            "here": reverse("here") if member and can(member.role, "claim") else None,
            "home": reverse("me"),
            "inbox": reverse("inbox") if sees_cases else reverse("home"),
            "user": str(member.user_id) if member else None,
            "place": str(member.workspace_id) if member else None,
            "keys": prefs.has_single_keys,
            "soon": SOON_SHARE,
            "units": {key: str(words) for key, words in UNITS.items()},
            "words": _words(),
        },
    }
