"""A second pair of eyes: hand a reply in, approve exactly what was read, or ask for changes.

What waits to be read stops no clock: the customer waits all the same. It stands in its lane like
any reply, so that a kill switch, a newer message and a colleague's answer are met as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership, Role
from hearwell.accounts.rules import can
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.conversations.models import Case
from hearwell.guard.rules import Check, Finding
from hearwell.inbox.acts import add_note
from hearwell.inbox.guarding import promises_above
from hearwell.inbox.homes import give_words_back, home_of
from hearwell.inbox.unsendable import (
    AbovePowers,
    Changed,
    NotPermitted,
    NotWaiting,
    OwnReply,
    Remarkless,
    WroteSince,
)
from hearwell.kit.text import clean
from hearwell.outbound import services as outbound
from hearwell.outbound.models import Delivery
from hearwell.outbound.rules import State
from hearwell.powers import services as powers
from hearwell.powers.grants import power_of
from hearwell.powers.models import Review, ReviewState
from hearwell.powers.queries import reasons_for, review_of
from hearwell.powers.rules import Submitted

LONGEST_REMARK = 2000


def reasons_of(case: Case, network: str, audience: str, by: Membership) -> list[dict[str, Any]]:
    """Why somebody has to read this person's reply first; empty, and it goes by itself."""
    what = Submitted(by.role, by.user_id, network, audience, case.kind)
    return reasons_for(by.workspace_id, what)


def reasons_by_promise(
    case: Case, text: str, overridden: Sequence[Finding], by: Membership
) -> list[dict[str, Any]]:
    """Why somebody who may give more has to read it: it promises so much, in minor units."""
    if all(finding.check is not Check.PROMISE for finding in overridden):
        return []
    over = promises_above(case, text, by)
    return [{"promise": written, "minor": minor} for written, minor in over]


@transaction.atomic
def approve(delivery_id: UUID, digest: str, by: Membership, *, seen: int = 0) -> Delivery:
    """Let a reply go that waits to be read.

    `digest` is that of what was on the screen, `seen` how far its lane had moved there. Raises
    OwnReply, NotWaiting, Changed where it is not what was handed in, and WroteSince where the
    customer wrote and the reader has not seen it.
    """
    review, _home = _waiting(delivery_id, by)
    delivery = review.delivery
    if digest != review.digest:
        raise Changed
    _refuse_above_promise(review, by)
    moved = outbound.versions(by.workspace_id, [delivery.lane_id])[delivery.lane_id]
    if moved > max(seen, delivery.lane_version or 0):
        raise WroteSince
    is_approved = outbound.approve(
        by.workspace_id, delivery_id, by_id=by.user_id, digest=digest, lane_version=moved
    )
    if not is_approved:
        raise Changed
    powers.settle_review(by.workspace_id, delivery_id, ReviewState.APPROVED, by_id=by.user_id)
    _audit(delivery, "reply.approved", by, {"digest": digest})
    return delivery


@transaction.atomic
def send_back(delivery_id: UUID, remark: str, by: Membership) -> Delivery:
    """Ask for changes in words: they stand in the case, the reply in its author's composer.

    Raises OwnReply, NotWaiting, Remarkless.
    """
    said = clean(remark)[0].strip()[:LONGEST_REMARK]
    if not said:
        raise Remarkless
    review, home = _waiting(delivery_id, by)
    delivery = review.delivery
    if not outbound.cancel(by.workspace_id, delivery_id, by_id=by.user_id):
        raise NotWaiting
    give_words_back(delivery, delivery.author_id)
    outbound.drop_files(by.workspace_id, [delivery_id])
    powers.settle_review(
        by.workspace_id, delivery_id, ReviewState.RETURNED, by_id=by.user_id, remark=said
    )
    if home is not None:
        words = _("To %(name)s, before this reply goes out: %(remark)s")
        told = {"name": delivery.context.get("author_name", ""), "remark": said}
        add_note(home.id, words % told, by)
    _audit(delivery, "reply.returned", by, {})
    return delivery


def refuse_second_reader(delivery: Delivery, by: Membership) -> None:
    """Raise NotPermitted where a second person had to read a reply, and this one may not be it."""
    review = review_of(delivery.workspace_id, delivery.id)
    if review is not None:
        _refuse_reader(review, by)
        _refuse_above_promise(review, by)


def _refuse_reader(review: Review, by: Membership) -> None:
    if review.author_id == by.user_id:
        raise OwnReply
    if not can(by.role, "approve"):
        raise NotPermitted


def _refuse_above_promise(review: Review, by: Membership) -> None:
    """Raise NotPermitted where the reader may not give what is promised either; an owner may."""
    most = max((one.get("minor", 0) for one in review.reasons), default=0)
    limit = power_of(by.workspace_id, by.role).limits.case if most else None
    if limit is not None and most > limit and by.role != Role.OWNER:
        raise AbovePowers


def note_recalled(delivery: Delivery, by: Membership) -> None:
    """Keep that a reply was taken back before anybody had read it."""
    if delivery.state == State.APPROVAL:
        powers.settle_review(by.workspace_id, delivery.id, ReviewState.RECALLED, by_id=by.user_id)


def _waiting(delivery_id: UUID, by: Membership) -> tuple[Review, Case | None]:
    """The review and its case, locked, for somebody who may decide it.

    All who decide, and the author who takes it back, hold the case's lock: one at a time.
    """
    found = review_of(by.workspace_id, delivery_id)
    if found is None:
        raise NotWaiting
    _refuse_reader(found, by)
    home = home_of(found.delivery)
    review = review_of(by.workspace_id, delivery_id)
    if review is None or review.state != ReviewState.WAITING:
        raise NotWaiting
    if review.delivery.state != State.APPROVAL:
        raise NotWaiting
    return review, home


def _audit(delivery: Delivery, action: str, by: Membership, after: dict[str, str]) -> None:
    where = f"{delivery.network}:{delivery.account} {delivery.draft['audience']}"
    entry = AuditEntry(action, by.user, "delivery", delivery.id, where, None, after)
    record_audit(delivery.workspace_id, [entry])
