"""The verbs of webhooks; the only writers of their tables."""

from hearwell.integrations.services.collecting import collect, collect_for
from hearwell.integrations.services.keeping import forget_old, hold_everything
from hearwell.integrations.services.replaying import replay, replay_failed, send_test
from hearwell.integrations.services.sending import Claim, claim_due, send_batch
from hearwell.integrations.services.subscriptions import (
    BadWebhookError,
    WebhookFacts,
    make_webhook,
    remove_webhook,
    rotate_secret,
    save_webhook,
    switch_webhook,
)

__all__ = [
    "BadWebhookError",
    "Claim",
    "WebhookFacts",
    "claim_due",
    "collect",
    "collect_for",
    "forget_old",
    "hold_everything",
    "make_webhook",
    "remove_webhook",
    "replay",
    "replay_failed",
    "rotate_secret",
    "save_webhook",
    "send_batch",
    "send_test",
    "switch_webhook",
]
