"""Every secret the product holds has a canary in it; then everything it ever writes is searched."""

from __future__ import annotations

import base64
import io
import logging
import logging.config
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, TOTP
from django.contrib.sessions.models import Session
from django.core import mail
from django.core import signing as django_signing
from django.db import connection
from django.test import Client, override_settings
from prometheus_client import CollectorRegistry, generate_latest

from hearwell.accounts.factorsealing import opened_text
from hearwell.accounts.models import Membership, User
from hearwell.accounts.services import (
    AuditEntry,
    create_workspace,
    issue_api_token,
    make_login_link,
    record_audit,
)
from hearwell.accounts.services.invitations import invite_member
from hearwell.accounts.services.providers import ProviderFacts, keep_provider
from hearwell.board.services.links import make_link
from hearwell.channels.models import Consent
from hearwell.channels.services import connect_channel
from hearwell.channels.services.connecting import lay_over
from hearwell.channels.services.hooksecrets import replace_secrets
from hearwell.channels.services.secrets import sealed_keep
from hearwell.commerce.services.declaring import ServiceFacts, save_service
from hearwell.config import logs
from hearwell.connect.model import IngressSecrets
from hearwell.integrations.services import WebhookFacts, make_webhook
from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.notifications.rules import packed
from hearwell.notifications.services.devices import switch_on
from hearwell.notifications.webpush import CURVE, ec, point_of
from hearwell.ops import metrics
from hearwell.ops.metrics import ask
from hearwell.reports.services import make_board_link
from hearwell.secondopinion.services.connecting import Wanted, save_connection
from tests.crash.laboratory import database_of_tests
from tests.walls import routes, world
from tests.walls.routes import Route
from tests.walls.walking import person
from tests.walls.world import OWN

# What is a secret only while it is hashed, or is Django's own to hash.
PASSWORD = "canary password of alice"
DUMP = """SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p') AND NOT relispartition"""


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """All that is logged, as in production."""
    logging.disable(logging.NOTSET)
    stream, before = io.StringIO(), (logging.root.handlers[:], logging.root.level)
    config = logs.configure(is_json=True)
    config["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(config)
    yield stream
    logging.root.handlers[:], logging.root.level = before
    structlog.reset_defaults()


class House:
    """A workspace whose secrets are known, by what they are for."""

    def __init__(self, member: Membership) -> None:
        self.member, self.secrets = member, {"password": PASSWORD}
        self.ids: dict[str, UUID] = {}
        with scope(member.workspace_id):
            self._channels()
            self._systems()
            self._people()

    def canary(self, name: str, value: str = "") -> str:
        """Return a secret that nothing else is like."""
        self.secrets[name] = value or f"canary-{name}-{'x' * 24}"
        return self.secrets[name]

    def _channels(self) -> None:
        place = self.member.workspace_id
        channel = connect_channel(
            workspace_id=place, network="facebook", handle="@northwind", external_id="17",
            brand="Northwind", settings={"app_id": "1000200030004"},
            secrets={"token": self.canary("token"), "app_secret": self.canary("app-secret")},
            ingress=IngressSecrets((self.canary("signing"),), self.canary("challenge")),
        )  # fmt: skip
        replace_secrets(channel, {"app_secret": self.canary("newer-app-secret")})
        lay_over(channel, {"token": self.canary("laid-over")})
        mailbox = connect_channel(
            workspace_id=place, network="email", handle="care@example.com", external_id="care",
            brand="Northwind",
            secrets={"password": self.canary("imap"), "smtp_password": self.canary("smtp")},
        )  # fmt: skip
        consent = uuid7()
        keep = {"verifier": self.canary("consent")}
        Consent.objects.create(
            id=consent, workspace_id=place, user_id=self.member.user_id, session_digest=b"s",
            state_digest=b"d", network="x", sealed=sealed_keep(place, consent, keep),
        )  # fmt: skip
        self.ids |= {"channel_id": channel.id, "mailbox_id": mailbox.id}

    def _systems(self) -> None:
        place, user = self.member.workspace_id, self.member.user
        facts = WebhookFacts("https://example.com/hook", ["case.opened"])
        row, secret = make_webhook(place, facts, by=user)
        self.ids["webhook_id"] = row.id
        self.canary("webhook", secret)
        service = ServiceFacts("Shop", "https://shop.example.com/", self.canary("tool"))
        self.ids["service_id"] = save_service(place, service, by=user).id
        save_connection(
            place, Wanted("https://model.example.com/v1", "m", self.canary("model")), by=user
        )
        provider = ProviderFacts("ID", "https://id.example.com", "client", self.canary("oidc"))
        keep_provider(self.member.workspace, provider, by=user)

    def _people(self) -> None:
        user, member = self.member.user, self.member
        user.set_password(PASSWORD)
        user.save()
        seed = self.canary("totp", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        TOTP.activate(user, seed)
        codes = RecoveryCodes.activate(user)
        held = Authenticator.objects.get(type="recovery_codes").data["seed"]
        self.canary("recovery-seed", opened_text(held))
        for number, code in enumerate(codes.generate_codes()):
            self.canary(f"recovery-{number}", code)
        self.canary("api-token", issue_api_token(member, "reporting")[1])
        self.canary("login-link", make_login_link(user))
        invited = {"email": "new@example.com", "name": "New", "role": "agent"}
        self.canary("invitation", invite_member(member.workspace, by=user, **invited)[1])
        self.canary("wallboard", make_board_link(member, "Lobby")[1])
        self.canary("staff-board", make_link(member, "Stores")[1])
        auth = b"canary-push-auth"
        self.secrets["push"] = auth.decode()
        key = packed(point_of(ec.generate_private_key(CURVE)))
        told = {"endpoint": "https://push.example.com/x", "keys": {"p256dh": key}}
        told["keys"]["auth"] = packed(auth)
        switch_on(member, told, "Phone")


def ways_to_write(secret: str) -> dict[str, str]:
    """Return how a secret may stand somewhere: as it is, in hexadecimals, in base 64."""
    raw = secret.encode()
    found = {"itself": secret, "hex": raw.hex()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode()
        # The first and last characters are shared with what stands beside it.
        found[f"base64+{shift}"] = encoded[4:-4] if shift else encoded[:-4]
    return {how: text for how, text in found.items() if len(text) >= 6}


def leaks(house: House, where: str, text: str) -> list[str]:
    return [
        f"{where}: {name} ({how})"
        for name, secret in house.secrets.items()
        for how, written in ways_to_write(secret).items()
        if written in text and (not written.isdigit() or re.search(rf"\b{written}\b", text))
    ]


def dump() -> dict[str, str]:
    """Return the whole database, table by table, as a dump writes it; sessions also read."""
    found = {}
    with world.as_superuser(), connection.cursor() as cursor:
        cursor.execute(DUMP)
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t")
            found[table] = "\n".join(row[0] for row in cursor.fetchall())
    salt = "django.contrib.sessions.SessionStore"
    found["sessions, read"] = "\n".join(
        repr(django_signing.loads(data, salt=salt))
        for data in Session.objects.values_list("session_data", flat=True)
    )
    return found


def pages(house: House, client: Client) -> dict[str, str]:
    """Get every page, with ids of what has secrets where there are such, as its owner."""
    found = {}
    for route in routes.pages():
        if route.method == "GET":
            found[route.path] = _got(house, client, route)
    token = {"authorization": f"Bearer {house.secrets['api-token']}"}
    for route in routes.operations():
        if route.method == "GET":
            found[route.path] = _got(house, Client(headers=token), route)
    return found


def _got(house: House, client: Client, route: Route) -> str:
    answer = client.get(route.address(lambda name: house.ids.get(name, OWN)))
    body = b"".join(answer) if answer.streaming else answer.content
    return f"{answer.headers}{body.decode(errors='replace')}"


def broken(house: House, client: Client, monkeypatch: Any) -> str:
    """Return the page of an error that has all secrets in the frames it came from."""

    def fail(*_given: Any, **_named: Any) -> None:
        held = dict(house.secrets)
        raise RuntimeError(len(held))

    with monkeypatch.context() as patch, override_settings(DEBUG=False):
        patch.setattr("hearwell.web.agent.inbox.views.render", fail, raising=False)
        patch.setattr("django.template.loader.render_to_string", fail)
        return client.get("/me/").content.decode() + client.get("/inbox/").content.decode()


def test_no_secret_is_ever_written(transactional_db, said, settings, monkeypatch):
    settings.HEARWELL_EGRESS_ALLOW = []
    settings.EMAIL_HOST_PASSWORD = f"canary-smtp-of-the-house-{'x' * 20}"
    member = person(create_workspace("Northwind Air"), "owner")
    house = House(member)
    house.secrets["house-smtp"] = settings.EMAIL_HOST_PASSWORD
    house.secrets["secret-key"] = settings.SECRET_KEY
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(id=member.user_id))
    session = client.session
    session[SECRET_SESSION_KEY] = house.canary("pending-totp", "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    session.save()
    client.post("/account/password/reset/", {"email": member.user.email})
    client.post("/account/login/", {"login": member.user.email, "password": PASSWORD})

    found: list[str] = []
    for where, text in {**dump(), **pages(house, client)}.items():
        found += leaks(house, where, text)
    found += leaks(house, "error page", broken(house, client, monkeypatch))
    for number, letter in enumerate(mail.outbox):
        found += leaks(house, f"mail {number}", str(letter.message()))
    registry = CollectorRegistry()
    registry.register(metrics.HouseCollector(lambda: ask(database_of_tests())))
    found += leaks(house, "metrics", generate_latest(registry).decode())
    found += leaks(house, "log", said.getvalue())
    assert found == []
    assert mail.outbox
    assert len(house.secrets) > 30
    _finds_what_is_there(house)


def _finds_what_is_there(house: House) -> None:
    """The test of the test: in words, in bytes, in a session, in a job."""
    secret, place = house.secrets["token"], house.member.workspace_id
    with scope(place):
        record_audit(place, [AuditEntry("x", None, "x", None, secret)])
        Consent.objects.update(sealed=secret.encode())
    Client().session.save()
    store = Client().session
    store["note"] = secret
    store.save()
    tables = {where for where, text in dump().items() if leaks(house, where, text)}
    assert tables == {"accounts_auditrow", "channels_consent", "sessions, read"}
