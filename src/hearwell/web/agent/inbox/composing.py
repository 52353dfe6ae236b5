"""The composer of a case: which ways are open, what was typed, how it is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from hearwell.accounts.models import Membership
from hearwell.accounts.rules import can
from hearwell.channels.models import Channel
from hearwell.channels.queries import account_of
from hearwell.connect.model import Audience
from hearwell.connect.registry import UnknownNetworkError, connector_for
from hearwell.connect.textrule import Abridged, Graphemes, TextRule
from hearwell.contacts.models import Identity
from hearwell.conversations.models import Conversation, Message
from hearwell.conversations.queries import CasePage, ThreadPage
from hearwell.inbox.composing import answering_connector, why_closed
from hearwell.inbox.doubts import why_beyond_powers
from hearwell.inbox.handles import CARING, WORDS, Why, handles_for
from hearwell.inbox.optouts import why_left_in_peace
from hearwell.inbox.templating import templates_for
from hearwell.inbox.unsendable import CannotSend
from hearwell.inbox.untagged import why_not_answered
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7
from hearwell.powers.giving import NOTHING, Power
from hearwell.web.agent.inbox.filing import files_under, rule_of
from hearwell.web.agent.inbox.refusing import refused
from hearwell.web.components.marks import badge_of
from hearwell.web.components.templates import choice_of
from hearwell.web.components.writing import (
    Composer,
    Counting,
    Files,
    Mode,
    Speaker,
    ThreadChoice,
)

PUBLIC, PRIVATE, TEAM = "public", "private", "team"


def composer_of(
    page: CasePage,
    thread: ThreadPage,
    channels: Mapping[UUID, Channel],
    by: Membership,
    given: Mapping[str, str],
    answers: Mapping[str, Sequence[str]],
) -> Composer:
    """Return the composer; the audience is the one chosen before, else as the customer wrote.

    `answers` is what this person's role answers (``Person.answers``).
    """
    if not can(by.role, "note"):
        return Composer(why_not=_("Your role lets you read. Agents answer."))
    latest = _latest_from_them(thread)
    wrote = latest.audience if latest else page.case.audience or PUBLIC
    may_reply = can(by.role, "reply")
    untagged = why_not_answered(page.case.workspace_id, page.case.stage) if may_reply else ""
    power = Power(
        NOTHING.limits,
        answers.get("networks", ()),
        answers.get("audiences", ()),
        answers.get("kinds", ()),
    )
    modes = [
        _within(
            _mode(page, thread, channels, audience, may_reply=may_reply, given=given),
            power,
            page.case.kind,
        )
        for audience in (() if untagged else (PUBLIC, PRIVATE))
    ]
    modes = [*(_templated(one, thread, channels, page, given) for one in modes), _team()]
    chosen = _chosen(modes, [given.get("audience", ""), *_drafted(page), wrote, TEAM])
    draft = page.drafts.get(chosen)
    key = given.get("key") or str((draft.key if draft else None) or uuid7())
    home = _home(page, thread, chosen)
    files = Files()
    if given.get("key") or (draft and draft.has_files):  # what has just begun has none
        asked = _wished(given) if chosen == given.get("audience") else None
        speakers = _speakers(home, channels, chosen, asked) if home else []
        channel = channels.get(UUID(_speaking(speakers).id)) if speakers else None
        files = files_under(page.case.workspace_id, key, channel)
    return Composer(
        modes=[_with_choice(mode, is_chosen=mode.value == chosen) for mode in modes],
        wrote=wrote,
        initials=by.initials,
        key=key,
        then=given.get("then", ""),
        is_given="text" in given and "key" not in given,
        text=given.get("text", draft.text if draft else ""),
        seen_id=given.get("seen") or (str(thread.messages[-1].id) if thread.messages else ""),
        seen_version=given.get("version") or str(page.case.version),
        why_not=untagged or _why_nothing_goes_out(modes),
        is_holding=given.get("holding") == "1",
        overrides=given.get("overrides", ""),
        is_undescribed=given.get("undescribed") == "1",
        may_solve=can(by.role, "close") and page.case.status == "open",
        files=files,
    )


def _within(mode: Mode, power: Power, kind: str) -> Mode:
    """Close a way that this role does not answer by."""
    if mode.why_not:
        return mode
    return replace(mode, why_not=why_beyond_powers(power, mode.network, mode.value, kind))


def _templated(
    mode: Mode,
    thread: ThreadPage,
    channels: Mapping[UUID, Channel],
    page: CasePage,
    given: Mapping[str, str],
) -> Mode:
    """Close what the network refuses; offer templates where it takes no free words any more."""
    mode = refused(mode, thread, channels)
    here = next((one for one in mode.threads if one.is_chosen), None)
    channel = channels.get(UUID(here.speaker.id)) if here and here.speaker else None
    if here is None or channel is None or mode.why_not:
        return mode
    heard = (m for m in reversed(thread.messages) if m.direction == "in")
    last = next((m for m in heard if str(m.conversation_id) == here.id), None)
    heard_at = last.sent_at if last else None
    templates = templates_for(channel, Audience(mode.value), heard_at, now())
    if templates is None:
        return mode
    draft = page.drafts.get(mode.value)
    is_given = given.get("audience") == mode.value
    asked = given if is_given else {}
    text = asked.get("text", draft.text if draft else "")
    network = str(badge_of(channel.network).title)
    return replace(mode, templates=choice_of(network, templates, text, asked))


def _latest_from_them(thread: ThreadPage) -> Message | None:
    return next((m for m in reversed(thread.messages) if m.direction == "in"), None)


def _drafted(page: CasePage) -> list[str]:
    """Return the audiences that have a draft, the one touched last first."""
    drafts = sorted(page.drafts.values(), key=lambda draft: draft.updated_at, reverse=True)
    return [draft.audience for draft in drafts]


def _chosen(modes: list[Mode], wishes: list[str]) -> str:
    open_ways = {mode.value for mode in modes if not mode.why_not}
    return next(wish for wish in wishes if wish in open_ways)


def _with_choice(mode: Mode, *, is_chosen: bool) -> Mode:
    return replace(mode, is_chosen=is_chosen)


def _why_nothing_goes_out(modes: list[Mode]) -> str:
    """Say once, over the composer, why neither way out is open."""
    ways = [mode for mode in modes if mode.value != TEAM]
    if not all(mode.why_not for mode in ways):
        return ""
    # That it is too late says more than that there never was another way.
    return next((mode.why_not for mode in ways if mode.is_closed), ways[0].why_not)


def _home(page: CasePage, thread: ThreadPage, audience: str) -> Conversation | None:
    """Return the thread in which the customer last wrote for this audience."""
    homes = {one.id: one for one in page.conversations if one.audience == audience}
    for message in reversed(thread.messages):
        if message.direction == "in" and message.conversation_id in homes:
            return homes[message.conversation_id]
    return next(reversed(homes.values()), None)


def _mode(
    page: CasePage,
    thread: ThreadPage,
    channels: Mapping[UUID, Channel],
    audience: str,
    *,
    may_reply: bool,
    given: Mapping[str, str],
) -> Mode:
    home = _home(page, thread, audience)
    to = given.get("to", "") or (str(home.id) if home else "")
    is_given = given.get("audience") == audience
    threads = _threads(page, thread, channels, audience, to, _wished(given) if is_given else None)
    here = next((one for one in threads if one.is_chosen), None)
    speaker = here.speaker if here else None
    channel = channels.get(UUID(speaker.id)) if speaker else None
    network = channel.network if channel else ""
    names = {
        "network": badge_of(network).title if network else "",
        "account": channel.handle if channel else "",
        "name": page.contact_name or _("the customer"),
    }
    is_public = audience == PUBLIC
    rule = rule_of(channel)
    is_instead = is_public and _is_instead(channel, thread, home)
    shut = _why_not(channel, audience, _whom(thread, here), may_reply=may_reply)
    closed = "" if shut or channel is None else _closed(page, thread, channel, to)
    mode = Mode(
        value=audience,
        css="pub" if is_public else "priv",
        icon="globe" if is_public else "lock",
        label=_("Public reply") if is_public else _("Private message"),
        who=_who(is_public=is_public, is_instead=is_instead) % names if channel else "",
        act=_act(is_public=is_public, is_instead=is_instead) % names,
        hint=(
            _("Write what everyone will read") if is_public else _("Write what only %(name)s reads")
        )
        % names,
        network=network,
        why_not=shut or closed,
        is_closed=bool(closed),
        counting=_counting(channel, audience) if channel else None,
        takes_files=bool(rule.limits),
        accept=",".join(sorted(rule.types)),
        threads=threads,
    )
    return _among(mode, is_public=is_public) if len(threads) > 1 else mode


def _threads(
    page: CasePage,
    thread: ThreadPage,
    channels: Mapping[UUID, Channel],
    audience: str,
    chosen: str,
    wish: UUID | None,
) -> list[ThreadChoice]:
    """Return the conversations of an audience, each by whoever wrote there last."""
    names = {m.conversation_id: m.author_name for m in thread.messages if m.direction == "in"}
    homes = [home for home in page.conversations if home.audience == audience]
    choices = []
    for home in homes:
        is_chosen = str(home.id) == chosen
        speakers = _speakers(home, channels, audience, wish if is_chosen else None)
        handle = _speaking(speakers).handle if speakers else ""
        words = [names.get(home.id, ""), str(badge_of(home.network).title), handle]
        label = ", ".join(word for word in words if word)
        choices.append(ThreadChoice(str(home.id), label, is_chosen, speakers))
    return choices


def _speakers(
    home: Conversation, channels: Mapping[UUID, Channel], audience: str, wish: UUID | None
) -> list[Speaker]:
    """Return the accounts that can speak in a conversation; the one wished for, else the first."""
    addressed = channels.get(home.channel_id)
    if addressed is None:
        return []
    near = sorted(channels.values(), key=lambda one: (one.connected_at, one.id))
    handles = handles_for(addressed, Audience(audience), near)
    ids = [one.channel.id for one in handles]
    chosen = wish if wish in ids else ids[0]
    return [
        Speaker(
            id=str(handle.channel.id),
            handle=handle.channel.handle,
            why=str(WORDS[handle.why]),
            is_chosen=handle.channel.id == chosen,
            is_told=addressed.purpose not in CARING or handle.why is Why.STANDS_IN,
        )
        for handle in handles
    ]


def _speaking(speakers: Sequence[Speaker]) -> Speaker:
    return next(one for one in speakers if one.is_chosen)


def _wished(given: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(given.get("from", ""))
    except ValueError:
        return None


def _among(mode: Mode, *, is_public: bool) -> Mode:
    """Leave to the choice of a conversation what one alone would say."""
    if is_public:
        who, act = _("Everyone can see this, in"), _("Post publicly")
        return replace(mode, who=who, act=act)
    who, act, hint = _("Only they see this:"), _("Send"), _("Write what only they read")
    return replace(mode, who=who, act=act, hint=hint)


def _is_instead(channel: Channel | None, thread: ThreadPage, home: Conversation | None) -> bool:
    """Whether an answer of ours stands there, of which the network shows one only."""
    if channel is None or home is None:
        return False
    try:
        manifest = connector_for(channel.network).manifest
    except UnknownNetworkError:
        return False
    return manifest.replaces_answers and any(
        m.direction == "out" and m.conversation_id == home.id and m.deleted_at is None
        for m in thread.messages
    )


def _act(*, is_public: bool, is_instead: bool) -> str:
    if is_instead:
        return _("Replace our answer on %(network)s")
    return _("Post publicly on %(network)s") if is_public else _("Send to %(name)s")


def _who(*, is_public: bool, is_instead: bool) -> str:
    if is_instead:
        return _(
            "Everyone can see this. %(network)s shows one answer: this one takes its place, from"
            " %(account)s"
        )
    if is_public:
        return _("Everyone can see this. %(network)s, from %(account)s")
    return _("Only %(name)s sees this. %(network)s, from %(account)s")


def _whom(thread: ThreadPage, here: ThreadChoice | None) -> Identity | None:
    """Return who wrote last in the conversation that is answered."""
    for message in reversed(thread.messages):
        if here and message.direction == "in" and str(message.conversation_id) == here.id:
            return message.author_identity
    return None


def _why_not(
    channel: Channel | None, audience: str, whom: Identity | None, *, may_reply: bool
) -> str:
    if not may_reply:
        return _("Your role lets you write notes. Agents answer.")
    if channel is None:
        if audience == PUBLIC:
            return _("There is no public thread in this case.")
        return _("There is no private conversation in this case.")
    try:
        answering_connector(channel, Audience(audience))
    except CannotSend as refusal:
        return refusal.message
    return why_left_in_peace(whom)


def _closed(page: CasePage, thread: ThreadPage, channel: Channel, to: str) -> str:
    """Say that the network's time to answer in the chosen conversation is over, if it is."""
    home = next((one for one in page.conversations if str(one.id) == to), None)
    if home is None:
        return ""
    said = (one for one in reversed(thread.messages) if one.conversation_id == home.id)
    return why_closed(channel, home, next((one for one in said if one.direction == "in"), None))


def _counting(channel: Channel, audience: str) -> Counting | None:
    try:
        connector = connector_for(channel.network)
    except UnknownNetworkError:
        return None
    rule: TextRule = connector.text_rule(account_of(channel), Audience(audience))
    return Counting(
        name=rule.name,
        limit=rule.limit,
        max_bytes=rule.max_bytes if isinstance(rule, Graphemes) else None,
        per_link=rule.per_link if isinstance(rule, Abridged) else None,
        signs=connector.manifest.uses_initials and audience == PUBLIC,
        caption=connector.manifest.caption.limit if connector.manifest.caption else None,
    )


def _team() -> Mode:
    return Mode(
        value=TEAM,
        css="note",
        icon="sticky-note",
        label=_("Team note"),
        who=_("Only your team sees this"),
        act=_("Add note"),
        hint=_("Write what only your team reads"),
    )
