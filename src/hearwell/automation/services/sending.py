"""A saved reply that a rule sends: by the story of every answer, with its guard and its outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format

from hearwell.accounts.languages import known_language
from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.automation.facts import Known
from hearwell.automation.models import Rule, Run
from hearwell.automation.queries import reply_in
from hearwell.automation.rules import SENDS_AGAIN_AFTER_H, Then
from hearwell.automation.services.checking import names_agent
from hearwell.channels.queries import channel_by_id
from hearwell.conversations.models import Case
from hearwell.conversations.queries import case_page
from hearwell.inbox.reply import Reply, send_reply
from hearwell.inbox.unsendable import (
    Conflict,
    Guarded,
    NotPermitted,
    Stopped,
    TakenByOther,
    Unsendable,
)
from hearwell.kit.clock import now
from hearwell.knowledge.models import ArticleVersion
from hearwell.knowledge.rules import filled, first_name
from hearwell.outbound.rules import State
from hearwell.sla.calendars import current_calendars, is_open, opens_at
from hearwell.sla.queries import promises
from hearwell.sla.rules import BadCalendarError

if TYPE_CHECKING:
    from hearwell.automation.services.acting import Deed

# Words of these are for a person with a composer before them; here a code says it.
_CODES = {TakenByOther: "taken", Conflict: "on_its_way", Stopped: "stopped", NotPermitted: "rights"}


def send_all(rule: Rule, then: Then, deeds: Sequence[Deed]) -> None:
    """Send the reply of a rule to each of these cases, or note why not."""
    by = answers_for(rule)
    lately = _answered_lately(rule.workspace_id, [deed.case_id for deed in deeds])
    for deed in deeds:
        if by is None:
            deed.refused("send", "nobody")
        elif deed.case_id in lately:
            deed.refused("send", "lately")
        else:
            _send(rule, then, deed, by)


def answers_for(rule: Rule) -> Membership | None:
    """Return whose powers a rule's reply is held to: the owner who allowed it, or its author.

    None: they are gone, or may not any more.
    """
    is_public = rule.acts.is_public and rule.allowed_by_id is not None
    user_id = rule.allowed_by_id if is_public else rule.changed_by_id
    if user_id is None:
        return None
    members = Membership.objects.select_related("user", "workspace")
    found = members.filter(workspace_id=rule.workspace_id, user_id=user_id).first()
    right = "manage_workspace" if is_public else "manage_automation"
    return found if found is not None and can(found.role, right) else None


def _opens(rule: Rule, language: str) -> str:
    """Return when the hours that the rule goes by next open, in words; empty while they are open.

    Without hours of its own a rule goes by the standard promise's.
    """
    calendars = {one.key: one for one in current_calendars(rule.workspace_id)}
    calendar = calendars.get(rule.wanted.calendar_key)
    calendar = calendar or promises(rule.workspace_id).policy.calendar
    try:
        at = None if is_open(calendar.hours, now()) else opens_at(calendar.hours, now())
    except BadCalendarError:  # no time is better than a wrong one
        return ""
    if at is None:
        return ""
    with translation.override(known_language(language) or "en"):
        words = date_format(at.astimezone(ZoneInfo(calendar.time_zone)), "l, H:i")
    return f"{words} ({calendar.time_zone})"


def is_allowed(rule: Rule, version: ArticleVersion) -> bool:
    """Say whether an owner has allowed this rule, as it is now, to post this text in public."""
    return rule.allowed_version == rule.version and str(version.id) in rule.allowed_texts


def _answered_lately(workspace_id: UUID, case_ids: Collection[UUID]) -> set[UUID]:
    """Return the cases that got an automatic reply a short while ago, by whichever rule."""
    since = now() - timedelta(hours=SENDS_AGAIN_AFTER_H)
    runs = Run.objects.filter(workspace_id=workspace_id, case_id__in=case_ids, has_sent=True)
    return set(runs.filter(at__gt=since).values_list("case_id", flat=True))


def _send(rule: Rule, then: Then, deed: Deed, by: Membership) -> None:
    version = reply_in(rule.workspace_id, UUID(then.send), deed.known.language)
    if version is None:
        deed.refused("send", "no_reply")
    elif names_agent(version.reply):
        deed.refused("send", "names_agent")
    elif then.is_public and not is_allowed(rule, version):
        deed.refused("send", "not_allowed")
    else:
        _queue(rule, then, deed, by, filled(version.reply, values_of(deed.known, rule)))


def _queue(rule: Rule, then: Then, deed: Deed, by: Membership, text: str) -> None:
    """Hand it to the story of an answer; the run's id is its key, so it is never sent twice."""
    case = Case.objects.only("version").get(workspace_id=rule.workspace_id, id=deed.case_id)
    reply = Reply(
        case_id=deed.case_id,
        text=text,
        audience=then.audience,
        key=deed.run.id,
        seen_version=case.version,
        rule=rule.name,
    )
    try:
        with transaction.atomic():
            delivery = send_reply(reply, by)
    except Unsendable as error:
        deed.refused("send", *_why(error)[:1], words=_why(error)[1])
        return
    waits = delivery.state == State.APPROVAL
    deed.did("send", delivery=str(delivery.id), audience=then.audience, waits_for_approval=waits)


def _why(error: Unsendable) -> tuple[str, str]:
    if isinstance(error, Guarded):
        return "guard", error.message
    code = next((code for kind, code in _CODES.items() if isinstance(error, kind)), "")
    return (code, "") if code else ("refused", error.message)


def values_of(known: Known, rule: Rule, agent: Membership | None = None) -> Mapping[str, str]:
    """Return what the variables of a saved reply stand for in a case."""
    page = case_page(rule.workspace_id, known.id)
    name = (page.contact_name if page else "") or ""
    handles = [one.handle for one in page.identities if one.handle] if page else []
    channel_id = page.case.channel_id if page else None
    channel = channel_by_id(rule.workspace_id, channel_id) if channel_id else None
    values = {
        "customer.name": name,
        "customer.first_name": first_name(name),
        "customer.handle": handles[0] if handles else "",
        "case.number": known.label,
        "brand.name": channel.brand.name if channel else "",
        "desk.opens": _opens(rule, known.language),
    }
    if agent is not None:
        called = str(agent.user)
        values |= {
            "agent.name": called,
            "agent.first_name": first_name(called) or called,
            "agent.initials": agent.initials,
        }
    return values
