"""How a number stands at Meta: token, permissions, whether it is called, how people rate it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hearwell.connect.fields import Fields, nonempty_in
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connect.wording import Wording
from hearwell.connectors.meta import calls
from hearwell.connectors.meta.health import Need, Questions, verdict
from hearwell.connectors.meta.tokens import App
from hearwell.connectors.meta.wire import Graph, Meta
from hearwell.connectors.whatsapp.manifest import MANAGEMENT, MESSAGING

PHONE_FIELDS: Final = "id,display_phone_number,verified_name,quality_rating,status,name_status"
NEEDS: Final[Sequence[Need]] = (
    Need(MESSAGING, "nothing can be sent, and files cannot be fetched"),
    Need(MANAGEMENT, "templates cannot be read, and Meta cannot be told to call us"),
)
KIND: Final = "whatsapp_business_account"
FIELDS: Final = ("messages", "smb_message_echoes", "message_template_status_update")
_TROUBLED: Final = frozenset({"BANNED", "RESTRICTED", "FLAGGED", "DISCONNECTED"})
_SAYS = Wording("Meta says of this number: %(status)s.")


def app_of(account: Account) -> App:
    """The app at Meta that the token belongs to."""
    return App(account.settings.get("app_id", ""), account.secrets.get("app_secret", ""))


def health_of(meta: Meta, account: Account, line: Graph) -> Health:
    """The checks in their order; each that fails ends the list. Never raises a failure."""
    waba = account.settings.get("waba_id", "")
    if not waba:
        words = "The WhatsApp Business Account is missing. Please connect the number again."
        return Health((HealthCheck("settings", HealthState.BAD, words),))
    seen: dict[str, Fields] = {}

    def identity() -> str:
        seen["phone"] = phone_of(line, account.external_id)
        return nonempty_in(seen["phone"], "id")

    app, hook = app_of(account), calls.Hook(KIND, FIELDS)
    found = verdict(
        meta,
        app,
        account.secrets.get("token", ""),
        account_id=account.external_id,
        targets=(waba,),
        needs=NEEDS,
        asks=Questions(identity, lambda: calls.check_of(meta, app, line, waba, hook)),
    )
    return replace(found, checks=tuple(_with(one, seen.get("phone")) for one in found.checks))


def phone_of(line: Graph, number: str) -> Fields:
    """What Meta says of a number. Raises failures."""
    return line.get(number, {"fields": PHONE_FIELDS}).fields


def _with(check: HealthCheck, phone: Fields | None) -> HealthCheck:
    """How people rate the number decides how many it may write to, which is its quota."""
    if check.name != "quota" or check.state is not HealthState.OK or phone is None:
        return check
    words = _standing(phone)
    return HealthCheck("quota", HealthState.WARNING, words) if words else check


def _standing(phone: Fields) -> str:
    if phone.get("status") in _TROUBLED:
        return _SAYS(status=str(phone["status"]).lower())
    if phone.get("name_status") in {"DECLINED", "EXPIRED"}:
        return "Meta has not approved the number's display name."
    if phone.get("quality_rating") == "RED":
        return "People block or report this number often. Meta may let it write to fewer people."
    return ""
