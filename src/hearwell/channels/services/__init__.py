"""The verbs of channels, by what they are about; only these write its tables."""

from __future__ import annotations

from hearwell.channels.services.accounts import opened_account, renew_secrets
from hearwell.channels.services.connecting import (
    connect_channel,
    disconnect,
    pause,
    resume,
    rotate_secret,
    store_ingress,
    store_secrets,
)
from hearwell.channels.services.health import (
    ask_for_check,
    heard_from,
    report_failure,
    report_health,
    report_success,
)
from hearwell.channels.services.ingress import RawRow, count, keep, wake
from hearwell.channels.services.metering import charge, make_sure_affordable, said
from hearwell.channels.services.parking import dismiss, replay

__all__ = [
    "RawRow",
    "ask_for_check",
    "charge",
    "connect_channel",
    "count",
    "disconnect",
    "dismiss",
    "heard_from",
    "keep",
    "make_sure_affordable",
    "opened_account",
    "pause",
    "renew_secrets",
    "replay",
    "report_failure",
    "report_health",
    "report_success",
    "resume",
    "rotate_secret",
    "said",
    "store_ingress",
    "store_secrets",
    "wake",
]
