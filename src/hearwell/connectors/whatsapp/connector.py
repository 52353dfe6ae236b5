"""WhatsApp as a connector: calls of the webhook in, messages and templates out."""

from __future__ import annotations

import secrets as random_secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Final, TypeVar
from urllib.parse import quote

import httpx

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment, Uploaded
from hearwell.connect.connecting import Connected, Field, FieldKind, FieldRefused, Step
from hearwell.connect.contract import (
    Connects,
    Fetches,
    Replies,
    Subscribes,
    Uploads,
)
from hearwell.connect.fields import Fields, nonempty_in
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
    Sent,
    Source,
)
from hearwell.connect.templates import SETTING, SendsTemplates, Template
from hearwell.connectors.meta import calls
from hearwell.connectors.meta.hook import id_in
from hearwell.connectors.meta.pages import Called
from hearwell.connectors.meta.wire import BASE, Graph
from hearwell.connectors.meta.wire import client_for as meta_client
from hearwell.connectors.whatsapp import parse, render, templates, wire
from hearwell.connectors.whatsapp.health import FIELDS, KIND, app_of, health_of, phone_of
from hearwell.connectors.whatsapp.manifest import MANIFEST
from hearwell.kit import clock

_TOKEN: Final = "token"  # noqa: S105 -- the name of a field
T = TypeVar("T")
_PAGES: Final = 10


def client_for(origins: Iterable[str]) -> httpx.Client:
    """A client that reaches Meta, and these origins (``HEARWELL_EGRESS_ALLOW``)."""
    return meta_client(MANIFEST.hosts, origins, MANIFEST.request_timeout_s)


class WhatsappConnector(
    Called,
    Connects,
    Fetches,
    Replies,
    Uploads,
    Subscribes,
    SendsTemplates,
):
    """A number's ``token`` is its secret; ``waba_id`` the business account that it is part of."""

    manifest: ClassVar[Manifest] = MANIFEST
    hook_secrets: ClassVar[tuple[str, ...]] = ("app_secret",)
    kind: ClassVar[str] = KIND
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
            name="app_id",
            label="App ID",
            kind=FieldKind.NUMBER,
            hint="Under App settings, Basic.",
            example="1000200030004",
        ),
        Field(
            name="app_secret",
            label="App secret",
            kind=FieldKind.SECRET,
            hint="Under App settings, Basic. Meta signs its calls with it.",
        ),
    )

    # --- the account -----------------------------------------------------------------------------

    def connect(self, given: Mapping[str, str]) -> Connected:
        """Ask whether the token knows the number, and the account that it is part of."""
        number, secret = given["phone_number_id"], given["app_secret"].strip()
        settings = {"waba_id": given["waba_id"], "app_id": given["app_id"]}
        secrets = {"token": given["token"].strip(), "app_secret": secret}
        new = Account(number, settings=settings, secrets=secrets)
        phone = _asked(
            "phone_number_id",
            "This token sees no such number. Give the system user the WhatsApp account.",
            lambda: phone_of(self._line(new), number),
        )
        settings |= _asked(
            "waba_id",
            "This token sees no such WhatsApp account.",
            lambda: self.read_templates(new),
        )
        return Connected(
            external_id=id_in(phone, "id"),
            handle=str(phone.get("display_phone_number") or phone.get("verified_name") or number),
            settings=settings,
            secrets=secrets,
            ingress=IngressSecrets((secret,), random_secrets.token_urlsafe(32)),
        )

    def health(self, account: Account) -> Health:
        """See ``health``."""
        return health_of(self._meta, account, self._line(account))

    def subscribe(self, account: Account, hook_url: str, secrets: IngressSecrets) -> None:
        """Have Meta call us for this account; it asks us at once whether we know the word."""
        told = calls.Hook(KIND, FIELDS, hook_url, secrets.challenge)
        calls.subscribe_app(self._meta, app_of(account), told)
        # This account's own address: other accounts of the app may have another one.
        own = {"override_callback_uri": hook_url, "verify_token": secrets.challenge}
        self._line(account).post(f"{_waba(account)}/subscribed_apps", own)

    def unsubscribe(self, account: Account) -> None:
        """Stop the calls for this account."""
        calls.unsubscribe_account(self._line(account), _waba(account))

    def templates(self, account: Account) -> Sequence[Template]:
        """Those that can be sent with words alone."""
        return templates.kept_in(account.settings)

    def read_templates(self, account: Account) -> Mapping[str, str]:
        """All pages of the account's list."""
        line, found, after = self._line(account), list[Fields](), ""
        for _ in range(_PAGES):
            params: dict[str, str | int] = {"limit": 100}
            page = line.get(
                f"{_waba(account)}/message_templates", params | ({"after": after} if after else {})
            )
            found += page.entries
            after = page.after or ""
            if not after:
                break
        return {SETTING: templates.stored(templates.usable(found))}

    # --- in ------------------------------------------------------------------------------------

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
            found = self._line(account).get(quote(ref, safe=""), asked).fields
            url, token = nonempty_in(found, "url"), account.secrets.get("token", "")
            body = wire.download(self._meta.client, url, token, self._meta.at)
        except (failures.TargetGone, failures.Refused):
            return None
        return Raw("FETCH", f"{BASE}/{ref}", {}, body, clock.now(), Source.POLL)

    # --- out -----------------------------------------------------------------------------------

    def preflight(self, account: Account, draft: Draft, now: datetime) -> list[Problem]:
        """See ``render``."""
        return render.problems(account, draft, now)

    def identity(self, account: Account) -> str:
        """The number that the token may speak for."""
        return id_in(phone_of(self._line(account), account.external_id), "id")

    def upload(self, account: Account, file: Attachment) -> Uploaded:
        """Hand over a file; it is kept for 30 days and seen by nobody before a message."""
        body = {"messaging_product": "whatsapp", "type": file.mime}
        named = {"file": (file.name, file.body, file.mime)}
        line = self._line(account)
        return Uploaded(_sure(line.post(f"{account.external_id}/media", body, files=named).fields))

    def send(self, account: Account, draft: Draft, key: str) -> Sent | Pending:
        """One message; its id tells later how far it has come."""
        path, body = f"{account.external_id}/messages", render.body_for(draft, key)
        messages = self._line(account).post(path, body).fields.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        return Sent(_sure(first if isinstance(first, dict) else {}), "", clock.now())

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

    def _line(self, account: Account) -> Graph:
        token, proof = account.secrets.get("token", ""), account.secrets.get("app_secret", "")
        return self._meta.line(token, proof=proof, table=wire.TABLE)


def _waba(account: Account) -> str:
    return quote(account.settings.get("waba_id", ""), safe="")


def _sure(told: Fields) -> str:
    """The id of what Meta says it took; without one nobody knows what it did."""
    try:
        return nonempty_in(told, "id")
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown from error


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
