"""Tell devices: take what waits, send it sealed to each, write down how it went.

The network is outside every transaction. A push whose outcome is not known is not sent again; what
a push service refused for now is, and on the device the later one takes the place of the earlier.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import httpx
import structlog
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.accounts.languages import speaking
from hearwell.kit import http
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.notifications import networks
from hearwell.notifications.rules import ALARMS, BadDeviceError, Topic
from hearwell.notifications.services import Outgoing, settle, take_waiting
from hearwell.notifications.services.notices import AT_ONCE, Outcome
from hearwell.notifications.webpush import Sender, TooLongError, encrypt

log = structlog.get_logger(__name__)
MOST_BATCHES: Final = 20
LIVES_S: Final = 600
GONE: Final = frozenset({404, 410})
BUSY: Final = frozenset({429, 500, 502, 503, 504})
LONGEST_WORDS: Final = 160
_AT_ONCE: Final = frozenset(
    {Topic.SOON, Topic.LATE, Topic.DOUBTED, Topic.SPIKE, Topic.INCIDENT, *ALARMS}
)
_INCIDENT: Final = "INC-"
_DECIDED_AT: Final[dict[str, str]] = {
    Topic.REVIEW: "approvals",
    Topic.GRANT: "grants",
    Topic.SPIKE: "spikes",
}


def push_waiting(workspace_id: UUID) -> int:
    """Tell the devices of a workspace what waits for them; return how much was told."""
    told = 0
    with http.client(
        None,
        origins=settings.HEARWELL_EGRESS_ALLOW,
        timeout_s=5.0,
        max_bytes=64 * 1024,
        lasts_s=10.0,
    ) as client:
        for _batch in range(MOST_BATCHES):
            with scope(workspace_id):
                batch = take_waiting(workspace_id)
            if not batch:
                break
            outcome = _send_all(client, batch)
            with scope(workspace_id):
                settle(workspace_id, outcome)
            told += len(outcome.told)
            if len(batch) < AT_ONCE:
                break
    return told


def _send_all(client: httpx.Client, batch: Sequence[Outgoing]) -> Outcome:
    outcome, sender = Outcome(), Sender.load(settings.HEARWELL_KEYS, _contact())
    silent: set[UUID] = set()
    for one in batch:
        if one.device_id in outcome.gone:
            continue
        if one.device_id in silent:  # waited for once a batch: others want to be told, too
            outcome.later[one.notice_id] = one.tries
            continue
        status = _send(client, sender, one)
        if status is None:
            silent.add(one.device_id)
        if status in GONE:
            outcome.gone.add(one.device_id)
        elif status in BUSY:
            outcome.later[one.notice_id] = one.tries
        elif status is not None and httpx.codes.is_success(status):
            outcome.told.append(one.notice_id)
            outcome.reached.add(one.device_id)
        else:
            outcome.dropped.append(one.notice_id)
    return outcome


def _send(client: httpx.Client, sender: Sender, one: Outgoing) -> int | None:
    """Send one push; return the answer's status, None where it could not be sent or is unknown."""
    scheme, host, port = http.origin_of(one.endpoint)
    is_usual = (scheme, port) in (("https", 443), ("http", 80))
    origin = f"{scheme}://{host}" if is_usual else f"{scheme}://{host}:{port}"
    headers = {
        "Authorization": sender.authorization(origin, now()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIVES_S),
        "Urgency": "high" if one.topic in _AT_ONCE else "normal",
        "Topic": hashlib.sha256(one.key.encode()).hexdigest()[:32],
    }
    try:
        said = json.dumps(told(one), ensure_ascii=False).encode()
        body = encrypt(said, one.public_key, one.auth)
        answer = client.post(one.endpoint, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, BadDeviceError, TooLongError) as error:
        log.warning("push_not_sent", error_type=type(error).__name__)
        return None
    if not answer.is_success:
        log.info("push_refused", status=answer.status_code)
    return answer.status_code


def told(one: Outgoing) -> dict[str, Any]:
    """Return what the device shows. The customer's words only where the person chose so."""
    with speaking(one.language):
        if one.topic == Topic.NETWORK:
            title = networks.said_of(one.about)
        else:
            title = words_of(one.topic) % {"case": one.about or f"HW-{one.number}"}
    return {
        "title": title,
        "body": one.preview[:LONGEST_WORDS],
        "url": place_of(one.topic, one.case_id, one.about),
        "tag": one.key,
    }


def words_of(topic: str) -> str:
    """Return what is said of a topic, in the language that is spoken now."""
    return {
        Topic.GIVEN: _("%(case)s was given to you."),
        Topic.ANSWERED: _("%(case)s: the customer has written."),
        Topic.SOON: _("%(case)s: a promise is nearly due."),
        Topic.LATE: _("%(case)s: a promise is over its time."),
        Topic.REVIEW: _("%(case)s: a reply waits for your approval."),
        Topic.RETURNED: _("%(case)s: changes are asked for in your reply."),
        Topic.APPROVED: _("%(case)s: your reply was approved."),
        Topic.GRANT: _("%(case)s: a grant waits for a second person."),
        Topic.DOUBTED: _("%(case)s: nobody knows whether an action was done. Please look."),
        Topic.SPIKE: _("Far more is said than usual. It began with %(case)s."),
        Topic.INCIDENT: _("%(case)s: an incident has a new level."),
        Topic.ESCALATION: _("%(case)s is escalated. Please accept it."),
        Topic.SIGNING: _("%(case)s: your signature is asked for."),
        Topic.UPDATE: _("%(case)s: the next update was promised for now."),
    }[Topic(topic)]


def place_of(topic: str, case_id: UUID | None, about: str) -> str:
    """Return where it is decided, or else the case."""
    if topic == Topic.NETWORK:
        return networks.page_of(about)
    if about.startswith(_INCIDENT):
        return reverse("incident", args=[int(about.removeprefix(_INCIDENT))])
    if topic in {Topic.ESCALATION, Topic.SIGNING}:
        return f"{reverse('escalations')}#case-{case_id}"
    page = _DECIDED_AT.get(topic)
    return reverse(page) if page else reverse("case", args=[case_id])


def _contact() -> str:
    """Return whom a push service may turn to: this installation's address."""
    url: str = settings.HEARWELL_URL
    return url if url.startswith("https://") else "mailto:postmaster@localhost"
