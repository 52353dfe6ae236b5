"""Instagram as a connector: webhooks and lists in; replies to comments and private messages out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

import httpx

from hearwell.connect import failures
from hearwell.connect.beginning import AnswersPrivately, NewThread
from hearwell.connect.connecting import Connected, Departure, Field, Step
from hearwell.connect.contract import (
    Authorizes,
    Connector,
    Fetches,
    Moderates,
    Place,
    Polls,
    ReceivesWebhooks,
    Refreshes,
    Replies,
    Subscribes,
)
from hearwell.connect.fields import moment_or_none
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Author,
    Challenge,
    Draft,
    Inbound,
    IngressSecrets,
    Pending,
    Problem,
    Raw,
    RawPage,
    Sent,
)
from hearwell.connectors.instagram import checks, comments, parse, render, signin
from hearwell.connectors.instagram.manifest import (
    BY_INSTAGRAM,
    EXTEND_BEFORE,
    FIELDS,
    MANIFEST,
    OBJECT,
    WINDOW,
)
from hearwell.connectors.meta import calls, hook, listing, messaging, talking, wire
from hearwell.connectors.meta.wire import BASE, GRAPH_HOST, INSTAGRAM_HOST, Graph, Meta
from hearwell.kit import clock

_ENDING = "The sign-in on Instagram ends soon and has to be extended."


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches Instagram, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    return wire.client_for(MANIFEST.hosts, inside, MANIFEST.request_timeout_s)


class InstagramConnector(
    Connector,
    Authorizes,
    ReceivesWebhooks,
    Polls,
    Fetches,
    Replies,
    AnswersPrivately,
    Moderates,
    Refreshes,
    Subscribes,
):
    """The setting ``way`` says whose token it is: the Page's, or the account's own (60 days)."""

    manifest: ClassVar[Manifest] = MANIFEST
    hook_secrets: ClassVar[tuple[str, ...]] = (signin.IN_META_SECRET, signin.IN_SECRET)
    hook_shared_by: ClassVar[str] = "app_id"
    # There is no like by this interface.
    acts: ClassVar[frozenset[Act]] = frozenset({Act.HIDE, Act.UNHIDE, Act.DELETE})
    steps: ClassVar[Sequence[Step]] = signin.STEPS
    fields: ClassVar[Sequence[Field]] = signin.FIELDS

    def __init__(self, client: httpx.Client, *, at: str = BASE) -> None:
        self._meta = Meta(client, at)

    def hosts(self, account: Account) -> frozenset[str]:
        """Instagram's and Facebook's Graphs, or what stands for them."""
        del account
        return self._meta.hosts(MANIFEST.hosts)

    # --- the account -----------------------------------------------------------------------------

    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """Send the person to a page of consent."""
        return signin.begin(self._meta, given, return_url, state)

    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """Take over the account that they chose."""
        return signin.finish(self._meta, keep, query, return_url)

    def health(self, account: Account) -> Health:
        """See ``checks``."""
        return checks.health_of(self._meta, account, self._line(account))

    def refresh(self, account: Account) -> Mapping[str, str]:
        """An Instagram token is extended while it lives; a Page's cannot be, and need not."""
        if account.settings.get("way") != BY_INSTAGRAM:
            raise failures.NeedsReauth
        token = signin.extended(self._meta, account.secrets.get("token", ""))
        ends = token.expires_at.isoformat() if token.expires_at else ""
        return {**account.secrets, "token": token.value, "expires_at": ends}

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Have Instagram call us: the app's address where we know the app, then the account."""
        app = checks.meta_app(account)
        if app.id and app.secret:
            told = calls.Hook(OBJECT, FIELDS, hook_url, secrets.challenge)
            calls.subscribe_app(self._meta, app, told)
        calls.subscribe_account(self._line(account), *checks.subscribed(account))

    def unsubscribe(self, account: Account) -> None:
        """Have Instagram not tell of this account; a Page may be used by others, and stays."""
        if account.settings.get("way") == BY_INSTAGRAM:
            calls.unsubscribe_account(self._line(account), account.external_id)

    # --- in ------------------------------------------------------------------------------------

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:
        """See ``meta.hook``."""
        return hook.challenge(raw, secrets)

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``meta.hook``."""
        hook.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """The accounts that a delivery concerns: one app has many."""
        return hook.accounts_in(raw, OBJECT)

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """Comments, private messages, and through Facebook the pictures we are tagged on."""
        is_alone = account.settings.get("way") == BY_INSTAGRAM
        return tuple(one for one in comments.STREAMS if not (is_alone and one == "tags"))

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """One page of a list; see ``meta.listing``.

        A token near its end is said to need extending while it still can be: a dead one cannot.
        """
        ends = moment_or_none(account.secrets.get("expires_at"))
        if ends is not None and clock.now() < ends < clock.now() + EXTEND_BEFORE:
            raise failures.NeedsReauth(_ENDING, network_code="ending")
        way = comments.STREAMS[stream]
        above = _speaker(account) if stream == "conversations" else account.external_id
        way = replace(way, path=f"{above}/{way.path}")
        return listing.page_of(self._line(account), _own(account), stream, way, cursor)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """A comment or private message as it is now."""
        is_public = talking.is_comment(ref)
        fields = f"{comments.COMMENT},parent_id,media" if is_public else comments.MESSAGE
        try:
            found = self._line(account).get(ref, {"fields": fields}).fields
        except failures.TargetGone:
            return None
        if not is_public:
            held = [{"messages": {"data": [dict(found)]}}]
            return listing.raw_of(_own(account), "conversations", held)
        return listing.raw_of(_own(account), "media", [comments.below(found)])

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        return render.problems(account, draft, now)

    def identity(self, account: Account) -> str:
        """The account that the token speaks for."""
        return checks.identity(account, self._line(account))

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """A reply to a comment, a private message, or the one private answer to a comment."""
        # Instagram hands no word of ours back: its echo is known by the message's id.
        del key
        line = self._line(account)
        if draft.audience is Audience.PUBLIC:
            return comments.answer(line, account, draft)
        return talking.say(line, _speaker(account), draft, "", WINDOW)

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """By whom, to whom and in which words."""
        del key
        line = self._line(account)
        if draft.audience is Audience.PUBLIC:
            return comments.find(line, account, draft, since=since, linked=linked)
        above, own = _speaker(account), (account.external_id, account.handle)
        return talking.find(line, above, "instagram", draft, own=own, since=since, linked=linked)

    def private_thread(self, account: Account, ref: str, author: Author) -> NewThread | None:
        """The talk that a private answer to a comment begins."""
        del account
        is_known = author.external_id.isdecimal()
        if not (talking.is_comment(ref) and is_known):
            return None
        return NewThread(messaging.thread_of(author.external_id), author)

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:
        """What is public can be hidden and deleted; what is private cannot."""
        del account
        return act in self.acts and place.audience is Audience.PUBLIC and talking.is_comment(ref)

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """See ``comments``."""
        del root_id
        if act not in self.acts or not talking.is_comment(ref):
            raise failures.NotAllowed
        comments.moderate(self._line(account), act, ref)

    def _line(self, account: Account) -> Graph:
        token = account.secrets.get("token", "")
        if account.settings.get("way") == BY_INSTAGRAM:
            return self._meta.line(token, host=INSTAGRAM_HOST)
        proof = account.secrets.get("app_secret", "")
        return self._meta.line(token, host=GRAPH_HOST, proof=proof)


def _own(account: Account) -> listing.Own:
    return listing.Own(OBJECT, account.external_id, account.handle)


def _speaker(account: Account) -> str:
    """Who sends private messages: the account, or the Page that it belongs to."""
    return account.settings.get("page_id") or account.external_id
