"""Facebook as a connector: webhooks and lists in; comments and private messages out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import httpx

from hearwell.connect.connecting import Connected, Departure, Field, Step
from hearwell.connect.contract import Place
from hearwell.connect.fields import Fields
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest, ReplyWindow
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Draft,
    Inbound,
    IngressSecrets,
    Problem,
    Raw,
    Sent,
)
from hearwell.connectors.facebook import parse, posts, render, signin
from hearwell.connectors.facebook.manifest import (
    FIELDS,
    MANIFEST,
    NEEDS,
    OBJECT,
    PRIVATE_ANSWER,
    WINDOW,
)
from hearwell.connectors.meta import calls, health, hook, talking, wire
from hearwell.connectors.meta.listing import Way
from hearwell.connectors.meta.pages import Talks
from hearwell.connectors.meta.tokens import App
from hearwell.connectors.meta.wire import Graph


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches Facebook, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    return wire.client_for(MANIFEST.hosts, inside, MANIFEST.request_timeout_s)


class FacebookConnector(Talks):
    """The account's secrets are the Page's ``token`` and the app's ``app_secret``."""

    manifest: ClassVar[Manifest] = MANIFEST
    private_answer_for: ClassVar[timedelta] = PRIVATE_ANSWER
    hook_secrets: ClassVar[tuple[str, ...]] = (signin.IN_SECRET,)
    kind: ClassVar[str] = OBJECT
    window: ClassVar[ReplyWindow] = WINDOW
    ways: ClassVar[Mapping[str, Way]] = posts.STREAMS
    public_list: ClassVar[str] = "feed"
    public_fields: ClassVar[str] = f"{posts.POST},object"
    private_fields: ClassVar[str] = posts.MESSAGE
    steps: ClassVar[Sequence[Step]] = signin.STEPS
    fields: ClassVar[Sequence[Field]] = signin.FIELDS

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
        app, line, page = _app(account), self.line(account), account.external_id
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
        calls.subscribe_account(self.line(account), account.external_id, FIELDS)

    def unsubscribe(self, account: Account) -> None:
        """Have Facebook not tell of this Page; the app's other Pages go on."""
        calls.unsubscribe_account(self.line(account), account.external_id)

    # --- in ------------------------------------------------------------------------------------

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def below(self, found: Fields) -> Mapping[str, Any]:
        """See ``posts``."""
        return posts.below(found)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        return render.problems(account, draft, now)

    def identity(self, account: Account) -> str:
        """The Page that the token speaks for."""
        return hook.id_in(self.line(account).get("me", {"fields": "id"}).fields, "id")

    def answer(self, line: Graph, account: Account, draft: Draft) -> Sent:
        """See ``posts``."""
        del account
        return posts.answer(line, draft)

    def find_answer(
        self, line: Graph, account: Account, draft: Draft, since: datetime, linked: Collection[str]
    ) -> Sent | None:
        """See ``posts``."""
        return posts.find(line, account.external_id, draft, since=since, linked=linked)

    def find_message(
        self, line: Graph, account: Account, draft: Draft, since: datetime, linked: Collection[str]
    ) -> Sent | None:
        """See ``meta.talking``."""
        page = account.external_id
        return talking.find(line, page, "messenger", draft, since=since, linked=linked)

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:
        """What is public can be liked, hidden and deleted; what is private cannot."""
        del act
        is_public = place.audience is Audience.PUBLIC and talking.is_comment(ref)
        return is_public and account.external_id != ref

    def moderate(self, line: Graph, act: Act, ref: str) -> None:
        """See ``posts``."""
        posts.moderate(line, act, ref)

    def line(self, account: Account) -> Graph:
        """As the Page, with the proof that it is our app that asks."""
        secrets = account.secrets
        return self._meta.line(secrets.get("token", ""), proof=secrets.get("app_secret", ""))


def _app(account: Account) -> App:
    return App(account.settings.get("app_id", ""), account.secrets.get("app_secret", ""))
