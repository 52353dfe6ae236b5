"""Instagram as a connector: webhooks and lists in; replies to comments and private messages out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx

from hearwell.connect import failures, oauth
from hearwell.connect.connecting import Connected, Departure, Field, Step
from hearwell.connect.contract import (
    Place,
    Refreshes,
)
from hearwell.connect.fields import Fields, moment_or_none
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest, ReplyWindow
from hearwell.connect.model import (
    Account,
    Act,
    Audience,
    Author,
    Draft,
    Inbound,
    IngressSecrets,
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
    PRIVATE_ANSWER,
    WINDOW,
)
from hearwell.connectors.meta import calls, talking, wire
from hearwell.connectors.meta.listing import Own, Way
from hearwell.connectors.meta.pages import Talks
from hearwell.connectors.meta.wire import GRAPH_HOST, INSTAGRAM_HOST, Graph
from hearwell.kit import clock

_ENDING = "The sign-in on Instagram ends soon and has to be extended."


def client_for(inside: Iterable[str]) -> httpx.Client:
    """A client that reaches Instagram, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    return wire.client_for(MANIFEST.hosts, inside, MANIFEST.request_timeout_s)


class InstagramConnector(Talks, Refreshes):
    """The setting ``way`` says whose token it is: the Page's, or the account's own (60 days)."""

    manifest: ClassVar[Manifest] = MANIFEST
    private_answer_for: ClassVar[timedelta] = PRIVATE_ANSWER
    hook_secrets: ClassVar[tuple[str, ...]] = (signin.IN_META_SECRET, signin.IN_SECRET)
    kind: ClassVar[str] = OBJECT
    window: ClassVar[ReplyWindow] = WINDOW
    ways: ClassVar[Mapping[str, Way]] = comments.STREAMS
    public_list: ClassVar[str] = "media"
    public_fields: ClassVar[str] = f"{comments.COMMENT},parent_id,media"
    private_fields: ClassVar[str] = comments.MESSAGE
    # There is no like by this interface.
    acts: ClassVar[frozenset[Act]] = frozenset({Act.HIDE, Act.UNHIDE, Act.DELETE})
    steps: ClassVar[Sequence[Step]] = signin.STEPS
    fields: ClassVar[Sequence[Field]] = signin.FIELDS

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
        return checks.health_of(self._meta, account, self.line(account))

    def refresh(self, account: Account) -> Mapping[str, str]:
        """An Instagram token is extended while it lives; a Page's cannot be, and need not."""
        if account.settings.get("way") != BY_INSTAGRAM:
            raise failures.NeedsReauth
        token = signin.extended(self._meta, account.secrets.get("token", ""))
        ends = oauth.told(token.expires_at)
        return {**account.secrets, "token": token.value, "expires_at": ends}

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Have Instagram call us: the app's address where we know the app, then the account."""
        app = checks.meta_app(account)
        if app.id and app.secret:
            told = calls.Hook(OBJECT, FIELDS, hook_url, secrets.challenge)
            calls.subscribe_app(self._meta, app, told)
        calls.subscribe_account(self.line(account), *checks.subscribed(account))

    def unsubscribe(self, account: Account) -> None:
        """Have Instagram not tell of this account; a Page may be used by others, and stays."""
        if account.settings.get("way") == BY_INSTAGRAM:
            calls.unsubscribe_account(self.line(account), account.external_id)

    # --- in ------------------------------------------------------------------------------------

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
        return super().poll(account, stream, cursor)

    def below(self, found: Fields) -> Mapping[str, Any]:
        """See ``comments``."""
        return comments.below(found)

    def own(self, account: Account) -> Own:
        """Lists name us by our handle, too."""
        return Own(OBJECT, account.external_id, account.handle)

    def speaker(self, account: Account) -> str:
        """The account, or the Page that it belongs to."""
        return account.settings.get("page_id") or account.external_id

    def is_known(self, author: Author) -> bool:
        """People have numbers here; who is only named cannot be written to."""
        return author.external_id.isdecimal()

    def echo_key(self, key: str) -> str:
        """Instagram hands no word of ours back: its echo is known by the message's id."""
        del key
        return ""

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        return render.problems(account, draft, now)

    def identity(self, account: Account) -> str:
        """The account that the token speaks for."""
        return checks.identity(account, self.line(account))

    def answer(self, line: Graph, account: Account, draft: Draft) -> Sent:
        """See ``comments``."""
        return comments.answer(line, account, draft)

    def find_answer(
        self, line: Graph, account: Account, draft: Draft, since: datetime, linked: Collection[str]
    ) -> Sent | None:
        """See ``comments``."""
        return comments.find(line, account, draft, since=since, linked=linked)

    def find_message(
        self, line: Graph, account: Account, draft: Draft, since: datetime, linked: Collection[str]
    ) -> Sent | None:
        """See ``meta.talking``."""
        above, own = self.speaker(account), (account.external_id, account.handle)
        return talking.find(line, above, "instagram", draft, own=own, since=since, linked=linked)

    def may(self, account: Account, act: Act, ref: str, place: Place) -> bool:
        """What is public can be hidden and deleted; what is private cannot."""
        del account
        return act in self.acts and place.audience is Audience.PUBLIC and talking.is_comment(ref)

    def moderate(self, line: Graph, act: Act, ref: str) -> None:
        """See ``comments``."""
        comments.moderate(line, act, ref)

    def line(self, account: Account) -> Graph:
        """As the account itself, or as its Page with the proof that it is our app that asks."""
        token = account.secrets.get("token", "")
        if account.settings.get("way") == BY_INSTAGRAM:
            return self._meta.line(token, host=INSTAGRAM_HOST)
        proof = account.secrets.get("app_secret", "")
        return self._meta.line(token, host=GRAPH_HOST, proof=proof)
