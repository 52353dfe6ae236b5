"""WhatsApp as a connector: calls of the webhook in, messages and templates out."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random_secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

import httpx

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.connecting import Connected, Field, FieldKind, FieldRefused, Step
from hearwell.connect.contract import (
    Connector,
    Connects,
    Fetches,
    ReceivesWebhooks,
    Replies,
    Subscribes,
    Uploads,
)
from hearwell.connect.health import Health
from hearwell.connect.manifest import Manifest
from hearwell.connect.model import (
    Account,
    Challenge,
    Draft,
    Inbound,
    IngressSecrets,
    Pending,
    Problem,
    Raw,
    Sent,
    Source,
)
from hearwell.connect.templates import SendsTemplates, Template
from hearwell.connectors.whatsapp import parse, render, templates, wire
from hearwell.connectors.whatsapp.health import PHONE_FIELDS, health_of
from hearwell.connectors.whatsapp.manifest import BASE, MANAGEMENT, MANIFEST, VERSION
from hearwell.kit import clock
from hearwell.kit import http as kit_http

_TOKEN: Final = "token"  # noqa: S105 -- the name of a field
_NUMBER, _WABA = "phone_number_id", "waba_id"
_SIGNATURE: Final = "x-hub-signature-256"
T = TypeVar("T")
_PAGES: Final = 10
_A_PAGE: Final = "100"


def client_for(origins: Iterable[str]) -> httpx.Client:
    """A client that reaches Meta, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    return kit_http.client(
        MANIFEST.hosts, origins=tuple(origins), timeout_s=MANIFEST.request_timeout_s
    )


class WhatsappConnector(
    Connector,
    Connects,
    ReceivesWebhooks,
    Fetches,
    Replies,
    Uploads,
    Subscribes,
    SendsTemplates,
):
    """A number's ``token`` is its secret; ``waba_id`` the business account that it is part of."""

    manifest: ClassVar[Manifest] = MANIFEST
    steps: ClassVar[Sequence[Step]] = (
        Step(
            "Make an app of the kind Business at Meta and add the product WhatsApp to it.",
            "https://developers.facebook.com/apps/",
        ),
        Step(
            "Add your number to the WhatsApp account, or use the test number that it brings.",
            "https://business.facebook.com/wa/manage/phone-numbers/",
        ),
        Step(
            "Make a system user, give it the app and the WhatsApp account, and make a token for it"
            " with whatsapp_business_messaging and whatsapp_business_management, never expiring.",
            "https://business.facebook.com/settings/system-users",
        ),
    )
    fields: ClassVar[Sequence[Field]] = (
        Field(
            name="phone_number_id",
            label="Phone number ID",
            kind=FieldKind.NUMBER,
            hint="Under WhatsApp, API setup. It is not the phone number itself.",
            example="106540352242922",
        ),
        Field(
            name="waba_id",
            label="WhatsApp Business Account ID",
            kind=FieldKind.NUMBER,
            hint="On the same page.",
            example="102290129340398",
        ),
        Field(
            name="token",
            label="Access token",
            kind=FieldKind.SECRET,
            hint="Of the system user. The one on the API setup page lasts for a day only.",
        ),
        Field(
            name="app_secret",
            label="App secret",
            kind=FieldKind.SECRET,
            hint="Under App settings, Basic. Meta signs its calls with it.",
        ),
        Field(
            name="version",
            label="Version of the Graph API",
            hint="Only if Meta asks you to.",
            default=VERSION,
            is_required=False,
            is_advanced=True,
        ),
    )

    def __init__(self, client: httpx.Client, *, at: str = BASE) -> None:
        self._client, self._at = client, at.rstrip("/")

    def hosts(self, account: Account) -> frozenset[str]:
        """Meta's, or the one that stands for them."""
        del account
        return MANIFEST.hosts if self._at == BASE else frozenset({urlsplit(self._at).netloc})

    # --- the account -----------------------------------------------------------------------------

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Ask whether the token knows the number, and whether the number is in the account."""
        token, number = given["token"].strip(), given["phone_number_id"]
        secret = given["app_secret"].strip()
        settings = {"waba_id": given["waba_id"], "version": given.get("version") or VERSION}
        new = Account(number, settings=settings, secrets={"token": token})
        phone = _asked(
            _NUMBER,
            "This token sees no such number. Give the system user the WhatsApp account.",
            lambda: self._phone(new),
        )
        settings |= _asked(
            _WABA,
            "This token sees no such WhatsApp account.",
            lambda: self.read_templates(new),
        )
        return Connected(
            external_id=str(phone.get("id")),
            handle=str(phone.get("display_phone_number") or phone.get("verified_name") or number),
            settings=settings,
            secrets={"token": token},
            ingress=IngressSecrets((secret,), random_secrets.token_urlsafe(32)),
        )

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health_of(account, lambda: self._phone(account), lambda: self._subscribed(account))

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Have Meta call us for this account; it asks us at once whether we know the word."""
        told = {"override_callback_uri": hook_url, "verify_token": secrets.challenge}
        self._write(account, self._waba(account, "subscribed_apps"), right=MANAGEMENT, json=told)

    def unsubscribe(self, account: Account) -> None:
        """Stop the calls to us."""
        url = self._waba(account, "subscribed_apps")
        try:
            self._write(account, url, right=MANAGEMENT, method="DELETE")
        except failures.TargetGone:
            return

    def templates(self, account: Account) -> Sequence[Template]:
        """Those that can be sent with words alone."""
        return templates.kept_in(account.settings)

    def read_templates(self, account: Account) -> Mapping[str, str]:
        """All pages of the account's list."""
        found: list[Any] = []
        params = {"limit": _A_PAGE}
        for _ in range(_PAGES):
            page = self._read(account, self._waba(account, "message_templates"), params)
            data, paging = page.get("data"), page.get("paging")
            if not isinstance(data, list):
                raise failures.ContractChanged
            found += data
            cursors = paging.get("cursors") if isinstance(paging, dict) else None
            after = cursors.get("after") if isinstance(cursors, dict) else None
            if not data or not isinstance(after, str) or "next" not in (paging or {}):
                break
            params = {"limit": _A_PAGE, "after": after}
        return {templates.SETTING: templates.stored(templates.usable(found))}

    # --- in ------------------------------------------------------------------------------------

    def challenge(self, raw: Raw, secrets: IngressSecrets) -> Challenge | None:
        """Meta's question when it is told where to call."""
        if raw.method != "GET":
            return None
        try:
            asked = parse_qs(urlsplit(raw.url).query)
        except ValueError:
            asked = {}
        if asked.get("hub.mode") != ["subscribe"]:
            return None
        given = asked.get("hub.verify_token", [""])[0].encode("utf-8", "replace")
        if not secrets.challenge or not hmac.compare_digest(given, secrets.challenge.encode()):
            raise failures.BadSignature
        return Challenge(asked.get("hub.challenge", [""])[0].encode())

    def verify(self, raw: Raw, secrets: IngressSecrets) -> None:
        """A signature over the bytes as they came: Meta escapes what others write plainly."""
        given = raw.headers.get(_SIGNATURE, "").encode("utf-8", "replace")
        for secret in filter(None, secrets.signing):
            digest = hmac.new(secret.encode(), raw.body, hashlib.sha256).hexdigest()
            if hmac.compare_digest(given, f"sha256={digest}".encode()):
                return
        raise failures.BadSignature

    def route(self, raw: Raw) -> list[str]:
        """One app may have many numbers."""
        return parse.accounts_of(raw)

    def parse(self, raw: Raw) -> list[Inbound]:
        """See ``parse``."""
        return parse.parse(raw)

    def fetch_one(self, account: Account, ref: str) -> Raw | None:
        """A file by its id: the address is asked for and used at once, it lives for minutes."""
        try:
            asked = {"phone_number_id": account.external_id}
            found = self._read(account, self._url(account, ref), asked)
            url = found.get("url")
            if not isinstance(url, str):
                raise failures.ContractChanged
            body = wire.download(self._client, url, _token(account), self._at)
        except (failures.TargetGone, failures.Refused):
            return None
        return Raw("FETCH", f"{BASE}/{ref}", {}, body, clock.now(), Source.POLL)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        return render.problems(account, draft, now)

    def identity(self, account: Account) -> str:
        """The number that the token may speak for."""
        found = self._phone(account).get("id")
        if not isinstance(found, str):
            raise failures.ContractChanged
        return found

    def upload(self, account: Account, file: Attachment) -> Uploaded:
        """Hand over a file; it is kept for 30 days and seen by nobody before a message."""
        url = self._url(account, account.external_id, "media")
        data = {"messaging_product": "whatsapp", "type": file.mime}
        named = {"file": (file.name, file.body, file.mime)}
        found = self._write(account, url, data=data, files=named).get("id")
        if not isinstance(found, str) or not found:
            raise failures.OutcomeUnknown
        return Uploaded(found)

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """One message; its id tells later how far it has come."""
        url = self._url(account, account.external_id, "messages")
        answer = self._write(account, url, json=render.body_for(draft, key))
        messages = answer.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        number = first.get("id") if isinstance(first, dict) else None
        if not isinstance(number, str) or not number:
            raise failures.OutcomeUnknown
        return Sent(number, "", clock.now())

    def find_sent(
        self,
        account: Account,
        draft: Draft,
        key: str,
        *,
        since: datetime,
        linked: Collection[str] = (),
    ) -> Sent | None:
        """Nothing can be read back: a receipt with our key settles a doubt, else a person."""
        del account, draft, key, since, linked
        return None

    # --- calls ---------------------------------------------------------------------------------

    def _phone(self, account: Account) -> wire.Answer:
        return self._read(
            account, self._url(account, account.external_id), {"fields": PHONE_FIELDS}
        )

    def _subscribed(self, account: Account) -> wire.Answer:
        return self._read(account, self._waba(account, "subscribed_apps"), {})

    def _url(self, account: Account, *parts: str) -> str:
        version = account.settings.get("version") or VERSION
        return "/".join([self._at, *(quote(part, safe="") for part in (version, *parts))])

    def _waba(self, account: Account, edge: str) -> str:
        return self._url(account, account.settings.get("waba_id", ""), edge)

    def _read(self, account: Account, url: str, params: Mapping[str, str]) -> wire.Answer:
        return wire.read(self._client, url, _token(account), params)

    def _write(self, account: Account, url: str, **asked: Any) -> wire.Answer:
        return wire.write(self._client, url, _token(account), **asked)


def _asked(field_name: str, unseen: str, ask: Callable[[], T]) -> T:
    """The answer; what Meta says against it stands at the field that is wrong."""
    try:
        return ask()
    except failures.NeedsReauth as error:
        message = "Meta does not know this token. Has it expired?"
        raise FieldRefused(_TOKEN, message, network_code=error.network_code) from error
    except failures.ScopeMissing as error:
        raise FieldRefused(_TOKEN, error.message, network_code=error.network_code) from error
    except failures.Refused as error:
        raise FieldRefused(field_name, unseen, network_code=error.network_code) from error


def _token(account: Account) -> str:
    return account.secrets.get("token", "")
