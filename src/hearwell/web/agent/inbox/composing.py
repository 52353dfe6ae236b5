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
from hearwell.conversations.models import Conversation
from hearwell.conversations.queries import CasePage, ThreadPage
from hearwell.inbox.doubts import why_beyond_powers
from hearwell.inbox.untagged import why_not_answered
from hearwell.kit.ids import uuid7
from hearwell.powers.giving import NOTHING, Power
from hearwell.web.agent.inbox.filing import files_under, rule_of
from hearwell.web.agent.inbox.ways import PRIVATE, PUBLIC, Scene, Way, ways_of
from hearwell.web.components.marks import badge_of
from hearwell.web.components.writing import Composer, Counting, Files, Mode

TEAM = "team"


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
    scene = Scene(page, thread, channels, given)
    may_reply, case = can(by.role, "reply"), page.case
    untagged = why_not_answered(case.workspace_id, case.stage) if may_reply else ""
    ways = {one: ways_of(scene, one) for one in (() if untagged else (PUBLIC, PRIVATE))}
    modes = [*_out(scene, ways, by, answers), _team()]
    wrote = _wrote(scene)
    chosen = _chosen(modes, [given.get("audience", ""), *_drafted(page), wrote, TEAM])
    written = Composer(
        modes=[replace(mode, is_chosen=mode.value == chosen) for mode in modes],
        wrote=wrote,
        initials=by.initials,
        why_not=untagged or _why_nothing_goes_out(modes, wrote),
        may_solve=can(by.role, "close") and case.status == "open",
    )
    return _filled(written, scene, chosen, next(iter(ways.get(chosen, ())), None))


def _wrote(scene: Scene) -> str:
    """Return to which audience they last wrote."""
    latest = scene.last_from_them()
    return latest.audience if latest else scene.page.case.audience or PUBLIC


def _out(
    scene: Scene,
    ways: Mapping[str, Sequence[Way]],
    by: Membership,
    answers: Mapping[str, Sequence[str]],
) -> list[Mode]:
    """Return the audiences outside the house, closed where this person does not answer."""
    within = (answers.get(name, ()) for name in ("networks", "audiences", "kinds"))
    power, may_reply = Power(NOTHING.limits, *within), can(by.role, "reply")
    modes = (_mode(scene, one, found, may_reply=may_reply) for one, found in ways.items())
    return [_within(mode, power, scene.page.case.kind) for mode in modes]


def _filled(composer: Composer, scene: Scene, chosen: str, way: Way | None) -> Composer:
    """Put what was typed and attached into it: out of the form, else out of the draft."""
    given, draft, newest = scene.given, scene.page.drafts.get(chosen), scene.page.newest
    key = given.get("key") or str((draft.key if draft else None) or uuid7())
    has_files = given.get("key") or (draft and draft.has_files)  # what has just begun has none
    place, channel = scene.page.case.workspace_id, way.channel if way else None
    return replace(
        composer,
        key=key,
        seen_id=given.get("seen") or str(newest or ""),
        seen_version=given.get("version") or str(scene.page.case.version),
        then=given.get("then", ""),
        is_given="text" in given and "key" not in given,
        text=given.get("text", draft.text if draft else ""),
        is_holding=given.get("holding") == "1",
        overrides=given.get("overrides", ""),
        is_undescribed=given.get("undescribed") == "1",
        files=files_under(place, key, channel) if has_files else Files(),
    )


def _within(mode: Mode, power: Power, kind: str) -> Mode:
    """Close a way that this role does not answer by."""
    if mode.why_not:
        return mode
    return replace(mode, why_not=why_beyond_powers(power, mode.network, mode.value, kind))


def _drafted(page: CasePage) -> list[str]:
    """Return the audiences that have a draft, the one touched last first."""
    drafts = sorted(page.drafts.values(), key=lambda draft: draft.updated_at, reverse=True)
    return [draft.audience for draft in drafts]


def _chosen(modes: list[Mode], wishes: list[str]) -> str:
    open_ways = {mode.value for mode in modes if not mode.why_not}
    return next(wish for wish in wishes if wish in open_ways)


def _why_nothing_goes_out(modes: list[Mode], wrote: str) -> str:
    """Say once, over the composer, why neither way out is open."""
    ways = [mode for mode in modes if mode.value != TEAM]
    if not all(mode.why_not for mode in ways):
        return ""
    # What the network has against it says more than that there never was another way, and why
    # the way by which they came is closed more than why one is that they never took.
    ways.sort(key=lambda mode: (mode.way_out is None, mode.value != wrote))
    return next((mode.why_not for mode in ways), "")


def _mode(scene: Scene, audience: str, ways: Sequence[Way], *, may_reply: bool) -> Mode:
    """Return an audience as it can be chosen; the first of its ways is the one that is taken."""
    way = next(iter(ways), None)
    channel = way.channel if way else None
    is_public = audience == PUBLIC
    mode = Mode(
        value=audience,
        css="pub" if is_public else "priv",
        icon="globe" if is_public else "lock",
        label=_("Public reply") if is_public else _("Private message"),
        act=_("Post publicly") if is_public else _("Send"),
        why_not=_why_not(way, audience, may_reply=may_reply),
        threads=[one.choice(is_chosen=one is way) for one in ways],
    )
    mode = _worded(mode, scene, way, channel) if way and channel else mode
    if len(ways) > 1:
        mode = _among(mode, is_public=is_public)
    if way is None or mode.why_not:
        return replace(mode, way_out=way.way_out if way and may_reply else None)
    return replace(mode, templates=way.templates())


def _worded(mode: Mode, scene: Scene, way: Way, channel: Channel) -> Mode:
    """Say who will read it, and by which rules of the network it is written."""
    is_public, rule = mode.value == PUBLIC, rule_of(channel)
    is_instead = is_public and _is_instead(channel, scene.thread, way.home)
    hint = _("Write what everyone will read") if is_public else _("Write what only %(name)s reads")
    names = {
        "network": badge_of(channel.network).title,
        "account": channel.handle,
        "name": scene.page.contact_name or _("the customer"),
    }
    return replace(
        mode,
        who=_who(is_public=is_public, is_instead=is_instead) % names,
        act=_act(is_public=is_public, is_instead=is_instead) % names,
        hint=hint % names,
        network=channel.network,
        counting=_counting(channel, mode.value),
        takes_files=bool(rule.limits),
        accept=",".join(sorted(rule.types)),
    )


def _among(mode: Mode, *, is_public: bool) -> Mode:
    """Leave to the choice of a conversation what one alone would say."""
    if is_public:
        who, act = _("Everyone can see this, in"), _("Post publicly")
        return replace(mode, who=who, act=act)
    who, act, hint = _("Only they see this:"), _("Send"), _("Write what only they read")
    return replace(mode, who=who, act=act, hint=hint)


def _is_instead(channel: Channel, thread: ThreadPage, home: Conversation) -> bool:
    """Whether an answer of ours stands there, of which the network shows one only."""
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


def _why_not(way: Way | None, audience: str, *, may_reply: bool) -> str:
    if not may_reply:
        return _("Your role lets you write notes. Agents answer.")
    if way is None or way.channel is None:
        if audience == PUBLIC:
            return _("There is no public thread in this case.")
        return _("There is no private conversation in this case.")
    return way.refusal.message if way.refusal else ""


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
