"""Why a reply was not taken: each says so to the agent before anything has left."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.channels.telling import told
from hearwell.connect.model import Problem
from hearwell.conversations.models import Message
from hearwell.guard.rules import Finding
from hearwell.guard.words import said_of
from hearwell.outbound.queries import PendingReply


class Unsendable(Exception):
    """Nothing was queued. `can_confirm`: the same reply with ``confirm=True`` is taken."""

    code = "unsendable"
    can_confirm = False

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class NotPermitted(Unsendable):
    """The person's role does not include this act."""

    code = "not_permitted"

    def __init__(self) -> None:
        super().__init__(_("Your role does not allow you to do this."))


class TakenByOther(Unsendable):
    """Somebody else is on the case."""

    code = "taken"
    can_confirm = True

    def __init__(self, user_id: UUID, name: str) -> None:
        self.user_id, self.name = user_id, name
        super().__init__(_("%(name)s is on this case. Send anyway?") % {"name": name or "…"})


class Conflict(Unsendable):
    """Something happened since the agent looked: `newer` messages, or replies on their way."""

    code = "conflict"
    can_confirm = True

    def __init__(self, newer: Sequence[Message], pending: Sequence[PendingReply]) -> None:
        self.newer, self.pending = list(newer), list(pending)
        super().__init__(self._words())

    def _words(self) -> str:
        if any(message.direction == "in" for message in self.newer):
            return _("The customer wrote again. Read it, or send anyway.")
        if self.newer or self.pending:
            return _("A colleague has answered already. Read it, or send anyway.")
        return _("This case has changed since you opened it. Look again, or send anyway.")


class Emptied(Unsendable):
    """The case was merged into another one, `into_id`, while the reply was being written."""

    code = "merged"

    def __init__(self, into_id: UUID) -> None:
        self.into_id = into_id
        super().__init__(
            _("This case has been merged into another one. Your text is kept; look, then send it.")
        )


class Stopped(Unsendable):
    """A kill switch is on: confirmed, the reply is kept back until somebody releases it."""

    code = "stopped"
    can_confirm = True

    def __init__(self, reason: str) -> None:
        self.reason = reason
        words = _("Sending is stopped: %(reason)s. Your reply would be kept for review.")
        super().__init__(words % {"reason": reason or _("by a kill switch")})


class Undescribed(Unsendable):
    """Pictures that nobody described, on a network that would pass a description on.

    Asked for once; a person may send without (``Reply.is_undescribed``).
    """

    code = "no_alt"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(_("Describe this picture for people who cannot see it."))


class Guarded(Unsendable):
    """The guard found something; `findings` say what.

    If none of them blocks, the reply is taken with their tokens in ``Reply.overrides``.
    """

    code = "guard"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(" ".join(self.points))

    @property
    def points(self) -> list[str]:
        """What was found, a sentence each."""
        return [said_of(finding) for finding in self.findings]

    @property
    def is_blocking(self) -> bool:
        """Whether it can only be changed, not sent all the same."""
        return any(finding.is_blocking for finding in self.findings)


class OwnReply(NotPermitted):
    """Nobody approves what they wrote."""

    code = "own_reply"

    def __init__(self) -> None:
        Unsendable.__init__(self, _("You wrote this: somebody else has to read it."))


class AbovePowers(NotPermitted):
    """It promises more than the reader may give, too."""

    code = "above_powers"

    def __init__(self) -> None:
        words = _("It promises more than you may give, too. Somebody who may give more decides.")
        Unsendable.__init__(self, words)


class NotWaiting(Unsendable):
    """The reply does not wait to be read: it was settled meanwhile, or never handed in."""

    code = "not_waiting"

    def __init__(self) -> None:
        super().__init__(_("This reply does not wait any more: it was settled meanwhile."))


class Changed(Unsendable):
    """What would go out is not what was read: the approval is for other words."""

    code = "changed"

    def __init__(self) -> None:
        super().__init__(_("This is not what was handed in. Read it again, then decide."))


class WroteSince(Unsendable):
    """The customer wrote after the reply was handed in, and the reader has not seen it."""

    code = "wrote_since"

    def __init__(self) -> None:
        super().__init__(_("The customer wrote since. Read it; is the reply still right?"))


class Remarkless(Unsendable):
    """Changes were asked for, and not which."""

    code = "remarkless"

    def __init__(self) -> None:
        super().__init__(_("Say what should be changed."))


class AlreadySent(Unsendable):
    """The same form was taken before with other words, or for others: those have been queued.

    `text` is what was taken, `delivery_id` its delivery. Only a new form sends once more.
    """

    code = "already_sent"

    def __init__(self, delivery_id: UUID, text: str) -> None:
        self.delivery_id, self.text = delivery_id, text
        super().__init__(_("Your reply had arrived already. What you changed since is not sent."))


class CannotSend(Unsendable):
    """Something must be put right first; `problems` says what, the first one first."""

    code = "cannot_send"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(told(problem.message) for problem in problems))

    @classmethod
    def because(cls, *, code: str, message: str) -> CannotSend:
        """One problem."""
        return cls([Problem(code, message)])
