"""Our drafts as the provider wants them, and what would stop them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hearwell.connect import preflight
from hearwell.connect.model import Problem
from hearwell.connect.wording import Wording
from hearwell.connectors.sms.manifest import MANIFEST
from hearwell.connectors.sms.parse import number_of
from hearwell.kit.e164 import is_e164

if TYPE_CHECKING:
    from hearwell.connect.model import Account, Draft
_TOO_LONG = Wording("%(over)s characters too long for a text message.")


def form_for(account: Account, draft: Draft) -> dict[str, str]:
    """The fields that send it; through the messaging service, if the account has one."""
    form = {"To": number_of(draft.thread_key), "From": account.external_id, "Body": draft.text}
    service = account.settings.get("service", "")
    return form | ({"MessagingServiceSid": service} if service else {})


def problems(account: Account, draft: Draft) -> list[Problem]:
    """Everything that would stop this draft; see ``Connector.preflight``."""
    found = [
        preflight.for_another(
            account, draft, "This message was written for another number of ours."
        ),
        _no_target(draft),
        _empty_or_too_long(draft),
    ]
    return preflight.listed(MANIFEST.media_rule, draft, found)


def _no_target(draft: Draft) -> Problem | None:
    number = number_of(draft.thread_key)
    if is_e164(number):
        return None
    if number:
        words = "Short codes and senders named by letters take no answers."
        return Problem("target_gone", words)
    return Problem("target_gone", "There is no telephone number to write to.")


def _empty_or_too_long(draft: Draft) -> Problem | None:
    rule = MANIFEST.text_rule(draft.audience)
    return preflight.wordless(draft) or preflight.too_long(rule, draft.text, "", _TOO_LONG)
