"""Text messages as a connector: calls and the list in, messages out by form."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlsplit

import httpx

from hearwell.connect import failures, formsig
from hearwell.connect.connecting import Connected, Field, FieldRefused, Step
from hearwell.connect.contract import (
    Connector,
    Connects,
    Fetches,
    Metered,
    Polls,
    ReceivesWebhooks,
    Replies,
    Subscribes,
)
from hearwell.connect.fields import nonempty_in
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
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
from hearwell.connect.optout import HeedsWishes
from hearwell.connect.smsrule import segments_of
from hearwell.connect.terms import Charge
from hearwell.connectors.sms import health, listing, parse, render, wire, words
from hearwell.connectors.sms.form import FIELDS, STEPS
from hearwell.connectors.sms.manifest import (
    BASE,
    FULL,
    MANIFEST,
    SEGMENT,
    SERVICES,
    TRIAL,
    VERSION,
)
from hearwell.kit import clock
from hearwell.kit import http as kit_http
from hearwell.kit.e164 import e164

_SKEW: Final = timedelta(minutes=1)
_RECENT: Final = timedelta(minutes=15)
_SID: Final = "AC"
_INCOMING, _OUTGOING = "in", "out"


def client_for(inside: Iterable[str]) -> httpx.Client:
    """Open a client that reaches the provider, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    return kit_http.client(MANIFEST.hosts, origins=inside, timeout_s=MANIFEST.request_timeout_s)


class SmsConnector(
    Connector,
    Connects,
    ReceivesWebhooks,
    Polls,
    Fetches,
    Replies,
    Subscribes,
    Metered,
    HeedsWishes,
):
    """An account is one number. Its settings hold ``sid`` and ``service``, its secret ``token``."""

    manifest: ClassVar[Manifest] = MANIFEST
    hook_secrets: ClassVar[tuple[str, ...]] = ("token",)
    steps: ClassVar[Sequence[Step]] = STEPS
    fields: ClassVar[Sequence[Field]] = FIELDS

    def __init__(self, client: httpx.Client, *, at: str = BASE) -> None:
        self._client, self._at = client, at.rstrip("/")

    def hosts(self, account: Account) -> frozenset[str]:
        """The provider's, or where it was said to be instead."""
        del account
        return MANIFEST.hosts if self._at == BASE else frozenset({urlsplit(self._at).netloc})

    # --- the account -----------------------------------------------------------------------------

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Ask whether the token opens the account and the number is in it."""
        number = e164(given["number"])
        if number is None:
            message = "Please give the number with its country, such as +15005550006."
            msg = "number"
            raise FieldRefused(msg, message)
        sid, token = given["sid"].strip(), given["token"].strip()
        if not sid.startswith(_SID):
            message = "This is not an account's SID. It begins with AC."
            msg = "sid"
            raise FieldRefused(msg, message)
        settings = {"sid": sid, "number": number, "service": given.get("service", "")}
        account = Account(number, number, settings=settings, secrets={"token": token})
        about, found = self._known(account)
        if found is None:
            message = "This number is not in this account."
            msg = "number"
            raise FieldRefused(msg, message)
        can = health.capabilities_of(found)
        if can.get("sms") is False:
            message = "This number cannot send text messages: the capability SMS is missing."
            msg = "number"
            raise FieldRefused(msg, message)
        is_trial = str(about.get("type", "")).lower() == "trial"
        return Connected(
            external_id=number,
            handle=number,
            settings=settings,
            secrets={"token": token},
            ingress=IngressSecrets((token,)),
            tier=TRIAL if is_trial else FULL,
            scopes=frozenset(name for name, is_there in can.items() if is_there is True),
        )

    def _known(self, account: Account) -> tuple[dict[str, Any], dict[str, Any] | None]:
        try:
            return self._ask(account, ".json"), self._number(account)
        except failures.NeedsReauth as error:
            message = "The provider does not take this token. Copy it again from its console."
            msg = "token"
            raise FieldRefused(msg, message, network_code=error.network_code) from error

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health.examine(
            account, lambda: self._ask(account, ".json"), lambda: self._number(account)
        )

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Have messages delivered to us, and how far ours have come where a service tells it."""
        del secrets  # calls are signed with the account's token
        self._call_at(account, hook_url)

    def unsubscribe(self, account: Account) -> None:
        """Have nobody called; messages wait in the list."""
        self._call_at(account, "")

    def _call_at(self, account: Account, url: str) -> None:
        number = self._number(account)
        if number is None:
            msg = "This number is not in this account."
            raise failures.ScopeMissing(msg, network_code="21212")
        sid = quote(nonempty_in(number, "sid"), safe="")
        form = {"SmsUrl": url, "SmsMethod": "POST"}
        self._do(account, self._address(account, f"/IncomingPhoneNumbers/{sid}.json"), form)
        if service := account.settings.get("service"):
            told = {"StatusCallback": url, "UseInboundWebhookOnNumber": "true"}
            base = SERVICES if self._at == BASE else self._at
            self._do(account, f"{base}/v1/Services/{quote(service, safe='')}", told)

    # --- in --------------------------------------------------------------------------------------

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """See ``connect.formsig``."""
        formsig.verify(raw, secrets)

    def route(self, raw: Raw) -> list[str]:
        """A delivery concerns one number of ours."""
        return parse.accounts_of(raw)

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def streams(self, account: Account) -> Sequence[str]:
        """What came, and what we sent: the list is filtered by one of them at a time."""
        del account
        return (_INCOMING, _OUTGOING)

    def poll(self, account: Account, stream: str, cursor: str | None) -> RawPage:
        """What is new or has changed since; see ``listing``."""
        narrowed = {"To" if stream == _INCOMING else "From": account.external_id}
        found, after = listing.changed_since(
            lambda path, params: self._list(account, path, params),
            "/Messages.json",
            narrowed,
            cursor,
        )
        told = [self._with_files(account, one) for one in found]
        # What lay there long before anybody connected the number is history: nothing becomes due.
        is_first, recent = cursor is None, clock.now() - _RECENT
        past = [one for one in told if is_first and listing.changed_at(one) < recent]
        fresh = [one for one in told if one not in past]
        parts = ((past, Source.IMPORT), (fresh, Source.POLL))
        return RawPage(tuple(_page(part, way) for part, way in parts if part), after)

    def _list(
        self, account: Account, path: str, params: Mapping[str, str] | None
    ) -> dict[str, Any]:
        is_next = path.startswith(f"/{VERSION}/")
        url = f"{self._at}{path}" if is_next else self._address(account, path)
        return wire.ask(self._client, _login(account), url, params)

    def _with_files(self, account: Account, one: dict[str, Any]) -> dict[str, Any]:
        if one.get("direction") != "inbound" or str(one.get("num_media") or "0") == "0":
            return one
        page = self._ask(account, f"/Messages/{quote(nonempty_in(one, 'sid'), safe='')}/Media.json")
        return one | {"media": page.get("media_list")}

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """A file by ``message/file``; a message by its sid."""
        sid, _, name = ref.partition("/")
        path = f"/Messages/{quote(sid, safe='')}"
        try:
            if name:
                url = self._address(account, f"{path}/Media/{quote(name, safe='')}")
                body = wire.download(self._client, _login(account), url)
                return Raw("FETCH", url, {}, body, clock.now(), Source.POLL)
            found = self._ask(account, f"{path}.json")
        except (failures.TargetGone, failures.NeedsReauth, failures.Refused):
            return None
        return _page([self._with_files(account, found)], Source.POLL)

    # --- out -------------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        del now
        return render.problems(account, draft)

    def wish(self, text: str) -> bool | None:
        """See ``words``."""
        return words.wish_in(text)

    def identity(self, account: Account) -> str:
        """The number, if it is in the account that the token opens."""
        number = self._number(account)
        return "" if number is None else nonempty_in(number, "phone_number")

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """One message, in as many segments as it takes."""
        del key  # there is no place for it
        url = self._address(account, "/Messages.json")
        answer = self._do(account, url, render.form_for(account, draft))
        try:
            return _sent(answer)
        except failures.ContractChanged as error:
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
        """By number, words and time, in the provider's list."""
        del key
        params = {
            "From": account.external_id,
            "To": parse.number_of(draft.thread_key),
            "DateSent>": (since - _SKEW).date().isoformat(),
        }
        page = self._list(account, "/Messages.json", params)
        for one in listing.messages_in(page):
            is_ours = one.get("direction") != "inbound" and one.get("body") == draft.text
            sent = _sent(one)
            if is_ours and sent.at >= since - _SKEW and sent.external_id not in linked:
                return sent
        return None

    def heard(self, raw: Raw) -> Sequence[Charge]:
        """What comes is paid by the segment, too, at another price: only ours are counted here."""
        del raw
        return ()

    def said(self, draft: Draft) -> Sequence[Charge]:
        """The segments that it goes out in."""
        return (Charge(SEGMENT, segments_of(draft.text).count),)

    # --- calls -----------------------------------------------------------------------------------

    def _address(self, account: Account, path: str) -> str:
        return f"{self._at}/{VERSION}/Accounts/{quote(account.settings.get('sid', ''))}{path}"

    def _ask(
        self, account: Account, path: str, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return wire.ask(self._client, _login(account), self._address(account, path), params)

    def _do(self, account: Account, url: str, form: Mapping[str, str]) -> dict[str, Any]:
        return wire.act(self._client, _login(account), url, form)

    def _number(self, account: Account) -> dict[str, Any] | None:
        """Our number as the account has it; None if it has not."""
        params = {"PhoneNumber": account.external_id}
        listed = self._ask(account, "/IncomingPhoneNumbers.json", params)
        numbers = listed.get("incoming_phone_numbers")
        if not isinstance(numbers, list):
            raise failures.ContractChanged
        ours = (one for one in numbers if isinstance(one, dict))
        return next((o for o in ours if o.get("phone_number") == account.external_id), None)


def _page(messages: Sequence[Mapping[str, Any]], source: Source) -> Raw:
    """Messages of the list as a delivery."""
    body = json.dumps({"messages": list(messages)}).encode()
    kind = {"content-type": "application/json"}
    return Raw("GET", f"{BASE}/Messages.json", kind, body, clock.now(), source)


def _login(account: Account) -> wire.Login:
    return account.settings.get("sid", ""), account.secrets.get("token", "")


def _sent(answer: Mapping[str, Any]) -> Sent:
    at = parse.moment_of(nonempty_in(answer, "date_created"))
    return Sent(nonempty_in(answer, "sid"), "", at)
