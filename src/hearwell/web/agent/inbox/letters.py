"""What only letters show: subjects, recipients, whether the sender is proven, where they belong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.connect.model import Authenticity, MessageKind
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.conversations.models import Case, Message
from hearwell.conversations.queries import CasePage
from hearwell.conversations.rules import bare_subject
from hearwell.web.components.thread import Foot

_FEW: Final = 3


def subjects_of(messages: Iterable[Message]) -> dict[UUID, str]:
    """Return the subjects worth a line: the first one, and each that changes the subject."""
    shown: dict[UUID, str] = {}
    last = ""
    for message in messages:
        bare = bare_subject(message.subject)
        if bare and bare.casefold() != last:
            shown[message.id] = message.subject
            last = bare.casefold()
    return shown


def line_of(message: Message, handle: str) -> str:
    """Say to or from which account a message went, and to whom else."""
    if message.direction != "in":
        return _("from %(handle)s") % {"handle": handle}
    if message.stage:
        return _("to nobody, found by its words")
    to: list[str] = message.about.get("to", [])
    others = [address for address in to if address.casefold() != handle.casefold()]
    if not others:
        return _("to %(handle)s") % {"handle": handle}
    named = ", ".join(others[:_FEW]) + ("…" if len(others) > _FEW else "")
    return _("to %(handle)s and %(others)s") % {"handle": handle, "others": named}


def warning_of(message: Message) -> str:
    """Say loudly that a message is probably not from whom it names."""
    if message.about.get("authenticity") != Authenticity.FORGED:
        return ""
    identity = message.author_identity
    return _(
        "Probably not from %(who)s: the sender did not pass the check of the mail server. "
        "Do not act on it without asking them in another way."
    ) % {"who": identity.handle if identity else message.author_name}


def letter_feet(message: Message) -> Iterator[Foot]:
    """Say under a message what its server found out about its sender, and if it is cut."""
    checked = message.about.get("checked", "")
    match message.about.get("authenticity"):
        case Authenticity.PROVEN:
            yield Foot("shield-check", _("Sender verified (%(how)s)") % {"how": checked})
        case Authenticity.FORGED:
            words = _("Sender disowned (%(how)s)") % {"how": checked}
            yield Foot("shield-alert", words, "c-late")
        case Authenticity.UNPROVEN:
            yield Foot("shield", _("Sender not verified (%(how)s)") % {"how": checked})
    if message.about.get("is_cut"):
        words = _("Only a part of it could be taken in: read the rest in the mailbox")
        yield Foot("scissors", words)


@dataclass(frozen=True)
class Belonging:
    """Another case that this one may belong to, and why one may think so."""

    reference: str
    title: str
    url: str
    why: str


def belongings_of(page: CasePage) -> list[Belonging]:
    """Return cases that a letter may belong to: a suggestion, which only a person can follow.

    It answers something in there, yet somebody else wrote it or the server doubts who did. Or the
    same person writes again under the same subject. Nothing is ever joined for such a reason:
    both can be made up.
    """
    found = {case.id: (case, _("It answers a mail there.")) for case in page.answered}
    title = bare_subject(page.case.title).casefold()
    for case in page.earlier:
        is_same = bool(title) and bare_subject(case.title).casefold() == title
        if is_same and case.network == page.case.network and _has_subjects(case.network):
            found.setdefault(case.id, (case, _("Same sender, same subject.")))
    return [_belonging(case, why) for case, why in list(found.values())[:_FEW]]


def _has_subjects(network: str) -> bool:
    """Whether titles there are subjects and not merely how somebody began to speak."""
    try:
        return MessageKind.MAIL in connector_for(network).manifest.kinds
    except UnknownNetworkError:
        return False


def _belonging(case: Case, why: str) -> Belonging:
    return Belonging(
        reference=case.label,
        title=case.title or case.preview,
        url=reverse("case", args=[case.id]),
        why=why,
    )
