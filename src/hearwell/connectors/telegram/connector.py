"""Telegram as a connector: updates in by webhook or by asking, messages out by the Bot API."""

from __future__ import annotations

import json
import secrets as random_secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import httpx

from hearwell.connect import failures, signed
from hearwell.connect.connecting import Connected, Field, FieldKind, FieldRefused, Step
from hearwell.connect.contract import (
    Connector,
    Connects,
    Fetches,
    Moderates,
    Polls,
    ReceivesWebhooks,
    Replies,
    Subscribes,
)
from hearwell.connect.health import Health, HealthCheck, HealthState
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Act,
    Draft,
    Inbound,
    IngressSecrets,
    Pending,
    Problem,
    Raw,
    RawPage,
    Sent,
    Source,
)
from hearwell.connectors.telegram import parse, render, wire
from hearwell.connectors.telegram.manifest import HOST, MANIFEST
from hearwell.kit import clock
from hearwell.kit import http as kit_http

OpenClient = Callable[[Account], httpx.Client]
SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 -- the name of a header
UPDATES: Final = (
    "message", "edited_message", "message_reaction",
    "business_message", "edited_business_message", "deleted_business_messages",
)  # fmt: skip
WEBHOOK, ASKING = "webhook", "asking"
_TOKEN: Final = "token"  # noqa: S105 -- the name of a field
_PAGE: Final = 100
_LOOK_AGAIN: Final = timedelta(minutes=10)


def client_for(origins: Iterable[str]) -> OpenClient:
    """Open clients that reach Telegram, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    allowed = tuple(origins)

    def open_client(account: Account) -> httpx.Client:
        del account
        hosts, timeout_s = MANIFEST.hosts, MANIFEST.request_timeout_s
        return kit_http.client(hosts, origins=allowed, timeout_s=timeout_s)

    return open_client


class TelegramConnector(
    Connector, Connects, ReceivesWebhooks, Polls, Fetches, Replies, Moderates, Subscribes
):
    """The account's secret is the bot's ``token``; ``ways`` says how its updates come."""

    manifest: ClassVar[Manifest] = MANIFEST
    # The secret in the header proves who calls; it says nothing about the body.
    signs_body: ClassVar[bool] = False
    acts: ClassVar[frozenset[Act]] = frozenset({Act.LIKE, Act.UNLIKE, Act.DELETE})
    steps: ClassVar[Sequence[Step]] = (
        Step("Open a chat with @BotFather in Telegram and send /newbot.", "https://t.me/BotFather"),
        Step("Choose a name and a user name for your bot. BotFather answers with a token."),
        Step("If the bot shall hear all that is said in a group, send /setprivacy, too."),
    )
    fields: ClassVar[Sequence[Field]] = (
        Field(
            name="token",
            label="Token",
            kind=FieldKind.SECRET,
            hint="From BotFather. It looks like 123456789:ABC…",
            example="123456789:AAE…",
        ),
        Field(
            name="ways",
            label="How messages come",
            kind=FieldKind.CHOICE,
            choices=((ASKING, "Hearwell asks Telegram"), (WEBHOOK, "Telegram calls Hearwell")),
            hint="Calls need a public https address of yours. Asking works everywhere.",
            default=ASKING,
        ),
        Field(
            name="base_url",
            label="Bot API server",
            kind=FieldKind.ADDRESS,
            hint="Only if you run a Bot API server of your own.",
            is_required=False,
            is_advanced=True,
        ),
    )

    def __init__(self, open_client: OpenClient | None = None) -> None:
        self._open = open_client or client_for(())

    def hosts(self, account: Account) -> frozenset[str]:
        """Telegram's, or that of the account's own Bot API server."""
        own = urlsplit(account.settings.get("base_url", "")).netloc
        return frozenset({own}) if own else MANIFEST.hosts

    # --- the account -----------------------------------------------------------------------------

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Ask the token who it speaks for."""
        token = given["token"].strip()
        number, _, rest = token.partition(":")
        if not number.isdecimal() or not rest:
            message = "This is not a bot's token. Copy the whole line from BotFather."
            raise FieldRefused(_TOKEN, message)
        settings = {"ways": given.get("ways") or ASKING, "base_url": given.get("base_url", "")}
        bot = Account(number, settings=settings, secrets={"token": token})
        try:
            me = self._ask(bot, "getMe")
        except failures.NeedsReauth as error:
            message = "Telegram does not know this token. Was it revoked?"
            raise FieldRefused(_TOKEN, message, network_code=error.network_code) from error
        return Connected(
            external_id=_bot_id(me),
            handle=f"@{me.get('username', '')}",
            settings=settings,
            secrets={"token": token},
            ingress=IngressSecrets((random_secrets.token_urlsafe(32),)),
            scopes=frozenset({"all_messages"} if me.get("can_read_all_group_messages") else ()),
        )

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Have Telegram call us, or make sure that it does not where we ask."""
        if account.settings.get("ways") != WEBHOOK:
            self.unsubscribe(account)
            return
        body = {
            "url": f"{hook_url}?bot={account.external_id}",
            "secret_token": secrets.signing[0],
            "allowed_updates": list(UPDATES),
        }
        self._ask(account, "setWebhook", body)

    def unsubscribe(self, account: Account) -> None:
        """Stop the calls; what is waiting there goes on waiting."""
        self._ask(account, "deleteWebhook", {"drop_pending_updates": False})

    def health(self, account: Account) -> Health:
        """Ask who we are and whether the calls arrive; each step that fails ends the list."""
        if not account.secrets.get("token"):
            return Health((HealthCheck("settings", HealthState.BAD, "There is no token."),))
        passed = (HealthCheck("settings"),)
        try:
            me = self._ask(account, "getMe")
            calls = self._ask(account, "getWebhookInfo")
        except (failures.Unavailable, failures.ContractChanged) as error:
            return Health((*passed, HealthCheck("reach", HealthState.BAD, error.message)))
        except failures.Throttled as error:
            return Health((*passed, HealthCheck("quota", HealthState.WARNING, error.message)))
        except failures.Failure as error:
            reach = HealthCheck("reach")
            return Health(
                (*passed, reach, HealthCheck("credentials", HealthState.BAD, error.message))
            )
        return Health((*passed, HealthCheck("reach"), *_account_checks(account, me, calls)))

    # --- in ------------------------------------------------------------------------------------

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """Every call carries the secret that we gave with our address."""
        signed.check(raw.headers.get(SECRET_HEADER, ""), secrets.signing, str)

    def route(self, raw: Raw) -> list[str]:
        """A delivery concerns one bot."""
        return [parse.account_of(raw)]

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """The next updates; asking for the next ones tells Telegram that these are safe.

        A bot that is called cannot ask as well (409): then there is nothing to ask for.
        """
        if account.settings.get("ways") == WEBHOOK:
            return RawPage((), cursor, clock.now() + _LOOK_AGAIN)
        body: dict[str, Any] = {"limit": _PAGE, "timeout": 0, "allowed_updates": list(UPDATES)}
        if cursor:
            body["offset"] = int(cursor)
        updates = self._ask(account, "getUpdates", body)
        if not isinstance(updates, list):
            raise failures.ContractChanged
        if not updates:
            return RawPage((), cursor)
        last = updates[-1].get("update_id") if isinstance(updates[-1], dict) else None
        if not isinstance(last, int):
            raise failures.ContractChanged
        url = f"https://{HOST}/getUpdates?bot={account.external_id}&stream={stream}"
        page = json.dumps({"result": updates}).encode()
        raw = Raw("POST", url, {}, page, clock.now(), Source.POLL)
        more = clock.now() if len(updates) >= _PAGE else None
        return RawPage((raw,), str(last + 1), more)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """A file by its ``file_id``; a bot cannot look up messages.

        Telegram hands out files of up to 20 MB; a larger one is None, as one that is gone.
        """
        try:
            found = self._ask(account, "getFile", {"file_id": ref})
            path = found.get("file_path") if isinstance(found, dict) else None
            if not isinstance(path, str):
                return None
            with self._open(account) as client:
                body = wire.download(client, *_where(account), path)
        except (failures.TargetGone, failures.Refused):
            return None
        return Raw("FETCH", f"https://{HOST}/getFile", {}, body, clock.now(), Source.POLL)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now
        return render.problems(account, draft)

    def identity(self, account: Account) -> str:
        """The bot that the token speaks for."""
        return _bot_id(self._ask(account, "getMe"))

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """One message to the chat of the thread, or an album, for which its first one stands."""
        del key  # there is no place for it
        call = render.call_for(draft)
        answer = self._do(account, call.method, call.body, call.files)
        try:
            first = answer[0] if isinstance(answer, list) and answer else answer
            fields: Mapping[str, Any] = first if isinstance(first, dict) else {}
            sent_at = datetime.fromtimestamp(int(fields["date"]), UTC)
            return Sent(parse.external_id_of(fields), "", sent_at)
        except (failures.ContractChanged, KeyError, TypeError, ValueError, OverflowError) as error:
            raise failures.OutcomeUnknown from error

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """A bot cannot read what it said: only a person can look."""
        del account, draft, key, since, linked
        return None

    def act(self, account: Account, act: Act, ref: str, *, root_id: str | None = None) -> None:
        """Like a message, take that back, or delete one of ours (for 48 hours)."""
        del root_id
        chat, _, number = ref.rpartition(":")
        if act not in self.acts or not number.isdecimal() or not chat.removeprefix("-").isdecimal():
            raise failures.NotAllowed
        target = {"chat_id": int(chat), "message_id": int(number)}
        if act is Act.DELETE:
            self._do(account, "deleteMessage", target)
            return
        thumb = [{"type": "emoji", "emoji": "👍"}] if act is Act.LIKE else []
        self._do(account, "setMessageReaction", {**target, "reaction": thumb})

    def _ask(self, account: Account, method: str, body: Mapping[str, Any] | None = None) -> Any:
        with self._open(account) as client:
            return wire.call(client, *_where(account), method, body or {})

    def _do(
        self,
        account: Account,
        method: str,
        body: Mapping[str, Any],
        files: wire.Files | None = None,
    ) -> Any:
        with self._open(account) as client:
            return wire.act(client, *_where(account), method, body, files)


def _where(account: Account) -> tuple[str, str]:
    return account.settings.get("base_url", ""), account.secrets.get("token", "")


def _bot_id(me: Any) -> str:
    number = me.get("id") if isinstance(me, dict) else None
    if isinstance(number, int) and not isinstance(number, bool):
        return str(number)
    raise failures.ContractChanged


def _account_checks(account: Account, me: Any, calls: Any) -> tuple[HealthCheck, ...]:
    is_ours = isinstance(me, dict) and str(me.get("id")) == account.external_id
    if not is_ours:
        return (HealthCheck("credentials", HealthState.BAD, "The token belongs to another bot."),)
    hears_all = me.get("can_read_all_group_messages") is True
    deaf = "In groups this bot hears only what mentions or answers it (/setprivacy)."
    scopes = HealthCheck("scopes") if hears_all else HealthCheck("scopes", HealthState.OK, deaf)
    info: Mapping[str, Any] = calls if isinstance(calls, dict) else {}
    return (HealthCheck("credentials"), scopes, _subscription(account, info), HealthCheck("quota"))


def _subscription(account: Account, info: Mapping[str, Any]) -> HealthCheck:
    is_called, wants_calls = bool(info.get("url")), account.settings.get("ways") == WEBHOOK
    if is_called and not wants_calls:
        other = "Telegram calls another address for this bot, so it cannot be asked."
        return HealthCheck("subscription", HealthState.BAD, other)
    if wants_calls and not is_called:
        return HealthCheck("subscription", HealthState.BAD, "Telegram does not call us.")
    if said := info.get("last_error_message"):
        return HealthCheck("subscription", HealthState.WARNING, f"The last call failed: {said}")
    return HealthCheck("subscription")
