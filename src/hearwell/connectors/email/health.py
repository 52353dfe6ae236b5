"""How a mailbox stands: settings, reach, credentials, scopes, subscription, quota, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hearwell.connect import failures
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.model import Account
from hearwell.connectors.email import smtp
from hearwell.connectors.email.imap import Session, session
from hearwell.connectors.email.lines import Opens
from hearwell.connectors.email.mailbox import Mailbox, SignIn, mailbox_of

_NEARLY_FULL = 0.9
_STEPS = {
    failures.NeedsReauth: "credentials",
    failures.AccountDisabled: "credentials",
    failures.ScopeMissing: "scopes",
    failures.QuotaExhausted: "quota",
    failures.Throttled: "quota",
}


@dataclass(slots=True)
class _Doctor:
    checks: list[HealthCheck] = field(default_factory=list)

    def note(self, name: str, state: HealthState = HealthState.OK, message: str = "") -> None:
        self.checks.append(HealthCheck(name, state, message))

    def fails(self, look: Callable[[], None], where: str) -> bool:
        """Look; a failure ends the list in the check it belongs to."""
        try:
            look()
        except failures.Failure as failure:
            name = next((s for kind, s in _STEPS.items() if isinstance(failure, kind)), "reach")
            known = [check.name for check in self.checks]
            for step in ("reach", "credentials"):
                if step == name:
                    break
                if step not in known:
                    self.note(step)
            is_slow = isinstance(failure, failures.Throttled | failures.QuotaExhausted)
            state = HealthState.WARNING if is_slow else HealthState.BAD
            self.note(name, state, f"{where}: {failure.message}")
            return True
        return False


def health_of(opener: Opens, account: Account, timeout_s: float) -> Health:
    """Sign in both ways, open the folders, look at the rest. Never raises a failure."""
    doctor, box = _Doctor(), mailbox_of(account)
    if box is None:
        words = "The address or a mail server is missing from the settings."
        return Health((HealthCheck("settings", HealthState.BAD, words),))
    doctor.note("settings")
    if not _has_secret(box, account):
        words = "There is no password: please connect this mailbox again."
        doctor.note("credentials", HealthState.BAD, words)
        return Health(tuple(doctor.checks))
    later: list[HealthCheck] = []

    def read() -> None:
        with session(opener, box, account.secrets, timeout_s) as folders:
            for name in box.folders:
                folders.examine(name)
            later.extend(_rest(folders, box))

    def write() -> None:
        smtp.check(opener, box, account.secrets, timeout_s)

    if doctor.fails(read, "Reading (IMAP)") or doctor.fails(write, "Sending (SMTP)"):
        return Health(tuple(doctor.checks))
    for name in ("reach", "credentials"):
        doctor.note(name)
    doctor.checks.extend(later)
    return Health(tuple(doctor.checks))


def _has_secret(box: Mailbox, account: Account) -> bool:
    needed = "access" if box.sign_in is SignIn.OAUTH2 else "password"
    return bool(account.secrets.get(needed))


def _rest(folders: Session, box: Mailbox) -> list[HealthCheck]:
    sent = box.sent or folders.sent_folder()
    scopes = HealthCheck("scopes", HealthState.OK)
    if not sent:
        words = "There is no folder for sent mail yet; the first answer makes one."
        scopes = HealthCheck("scopes", HealthState.WARNING, words)
    idle = HealthCheck("subscription", HealthState.OK)
    if not folders.can_idle():
        words = "This server does not tell of new mail; it is asked every minute."
        idle = HealthCheck("subscription", HealthState.WARNING, words)
    used = folders.quota_used()
    quota = HealthCheck("quota", HealthState.OK)
    if used is not None and used > _NEARLY_FULL:
        words = f"The mailbox is {used:.0%} full. Full ones take no more mail."
        quota = HealthCheck("quota", HealthState.WARNING, words)
    return [scopes, idle, quota]
