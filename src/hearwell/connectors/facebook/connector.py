"""Facebook as a connector: webhooks and lists in; comments and private messages out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
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
    Replies,
    Subscribes,
)
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
from hearwell.connectors.facebook import parse, posts, render, signin
from hearwell.connectors.facebook.manifest import FIELDS, MANIFEST, NEEDS, OBJECT, WINDOW
from hearwell.connectors.meta import calls, health, hook, listing, messaging, talking, wire
from hearwell.connectors.meta.tokens import App
from hearwell.connectors.meta.wire import BASE, Graph, Meta


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches Facebook, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    return wire.client_for(MANIFEST.hosts, inside, MANIFEST.request_timeout_s)


class FacebookConnector(
    Connector,
    Authorizes,
    ReceivesWebhooks,
    Polls,
    Fetches,
    Replies,
    AnswersPrivately,
    Moderates,
    Subscribes,
):
    """The account's secrets are the Page's ``token`` and the app's ``app_secret``."""

    manifest: ClassVar[Manifest] = MANIFEST
    hook_secrets: ClassVar[tuple[str, ...]] = (signin.IN_SECRET,)
    hook_shared_by: ClassVar[str] = "app_id"
    acts: ClassVar[frozenset[Act]] = frozenset(Act)
    steps: ClassVar[Sequence[Step]] = signin.STEPS
    fields: ClassVar[Sequence[Field]] = signin.FIELDS

    def __init__(self, client: httpx.Client, *, at: str = BASE) -> None:
        self._meta = Meta(client, at)

    def hosts(self, account: Account) -> frozenset[str]:
        """Facebook's Graph, or what stands for it."""
        del account
        return self._meta.hosts(MANIFEST.hosts)

    # --- the account -----------------------------------------------------------------------------

    def begin(self, given: Mapping[str, str], return_url: str, state: str) -> Departure:
        """Send the person to Facebook's page of consent."""
        return signin.begin(self._meta, given, return_url, state)

    def finish(
        self, keep: Mapping[str, str], query: Mapping[str, str], return_url: str
    ) -> Connected:
        """Take over one of their Pages."""
        return signin.finish(self._meta, keep, query, return_url)

    def health(self, account: Account) -> Health:
        """Ask Facebook what the token may do, whose it is, and whether it calls us."""
        app, line, page = _app(account), self._line(account), account.external_id
        called = partial(calls.check_of, self._meta, app, line, page, calls.Hook(OBJECT, FIELDS))
        return health.verdict(
            self._meta,
            app,
            line.token,
            account_id=page,
            targets=(page,),
            needs=NEEDS,
            asks=health.Questions(partial(self.identity, account), called),
        )

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Have Facebook call us: the app's address first, then the Page."""
        told = calls.Hook(OBJECT, FIELDS, hook_url, secrets.challenge)
        calls.subscribe_app(self._meta, _app(account), told)
        calls.subscribe_account(self._line(account), account.external_id, FIELDS)

    def unsubscribe(self, account: Account) -> None:
        """Have Facebook not tell of this Page; the app's other Pages go on."""
        calls.unsubscribe_account(self._line(account), account.external_id)

    # --- in ------------------------------------------------------------------------------------

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:
        """See ``meta.hook``."""
        return hook.challenge(raw, secrets)

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``meta.hook``."""
        hook.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """The Pages that a delivery concerns: one app has many."""
        return hook.accounts_in(raw, OBJECT)

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """What is on the Page, what names it, its reviews, and what is said in private."""
        del account
        return tuple(posts.STREAMS)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """One page of a list; see ``meta.listing``."""
        way = posts.STREAMS[stream]
        way = replace(way, path=f"{account.external_id}/{way.path}")
        return listing.page_of(self._line(account), _own(account), stream, way, cursor)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """A post, comment or private message as it is now."""
        is_public = talking.is_comment(ref)
        fields = f"{posts.POST},object" if is_public else posts.MESSAGE
        try:
            found = self._line(account).get(ref, {"fields": fields}).fields
        except failures.TargetGone:
            return None
        if not is_public:
            held = [{"messages": {"data": [dict(found)]}}]
            return listing.raw_of(_own(account), "conversations", held)
        return listing.raw_of(_own(account), "feed", [posts.below(found)])

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        return render.problems(account, draft, now)

    def identity(self, account: Account) -> str:
        """The Page that the token speaks for."""
        return hook.id_in(self._line(account).get("me", {"fields": "id"}).fields, "id")

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """A comment, a private message, or the one private answer to a comment."""
        line = self._line(account)
        if draft.audience is Audience.PUBLIC:
            return posts.answer(line, draft)
        return talking.say(line, account.external_id, draft, key, WINDOW)

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """By whom, to whom and in which words; Facebook's lists do not tell our key."""
        del key
        line, page = self._line(account), account.external_id
        if draft.audience is Audience.PUBLIC:
            return posts.find(line, page, draft, since=since, linked=linked)
        return talking.find(line, page, "messenger", draft, since=since, linked=linked)

    def private_thread(self, account: Account, ref: str, author: Author) -> NewThread | None:
        """The talk that a private answer to a comment begins."""
        del account
        is_known = not author.external_id.startswith("unknown:")
        if not (talking.is_comment(ref) and is_known):
            return None
        return NewThread(messaging.thread_of(author.external_id), author)

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:
        """What is public can be liked, hidden and deleted; what is private cannot."""
        del act
        is_public = place.audience is Audience.PUBLIC and talking.is_comment(ref)
        return is_public and account.external_id != ref

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """See ``posts``."""
        del root_id
        if not talking.is_comment(ref):
            raise failures.NotAllowed
        posts.moderate(self._line(account), act, ref)

    def _line(self, account: Account) -> Graph:
        secrets = account.secrets
        return self._meta.line(secrets.get("token", ""), proof=secrets.get("app_secret", ""))


def _own(account: Account) -> listing.Own:
    return listing.Own(OBJECT, account.external_id)


def _app(account: Account) -> App:
    return App(account.settings.get("app_id", ""), account.secrets.get("app_secret", ""))
