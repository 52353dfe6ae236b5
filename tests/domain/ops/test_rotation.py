"""New keys while people work: nothing fails, a death half-way loses nothing, old keys go."""

from __future__ import annotations

import os
import signal
import threading
import time
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from click.testing import CliRunner
from django.apps import apps
from django.db import connection, models

from hearwell.accounts.models import User, Workspace
from hearwell.channels.models import Channel, Credential, Endpoint
from hearwell.channels.services import (
    connect_channel,
    opened_account,
    rotate_secret,
)
from hearwell.channels.services.connecting import lay_over, store_secrets
from hearwell.channels.services.secrets import opened_ingress
from hearwell.config.changingkeys import keys as command
from hearwell.connect import registry
from hearwell.connect.model import IngressSecrets
from hearwell.kit import keyfiles, keyrings, resealing
from hearwell.kit.scope import scope
from hearwell.kit.seal import EgressKeyring, IngressKeyring, make_keys
from hearwell.ops import rotation
from tests.forked import aside
from tests.pigeon import Pigeon

CHANNELS, DIES_AT = 30, 25
# What is sealed elsewhere, or is no secret at all: why it needs no key of ours.
NOT_SEALED = {
    "accounts_apitoken.digest": "a hash",
    "accounts_loginlink.digest": "a hash",
    "accounts_auditblock.row_digests": "hashes",
    "accounts_auditblock.digest": "a hash",
    "channels_rawdelivery.body": "what a network sent",
    "channels_consent.session_digest": "a hash",
    "channels_consent.state_digest": "a hash",
    "board_stafflink.digest": "a hash",
    "contacts_tombstone.digest": "a hash",
    "notifications_device.digest": "a hash",
    "notifications_device.public_key": "of the browser's, public",
    "outbound_file.body": "what is to be sent",
    "reports_boardlink.digest": "a hash",
    "reports_rollupblock.counts": "counts",
    "reports_rollupblock.keys": "ids, kinds and languages",
    "reports_rollupblock.seats": "counts",
    "reports_rollupblock.since": "minutes",
    "reports_rollupblock.waits": "seconds",
    "reports_rollup.counts": "counts",
    "reports_rollup.since": "minutes",
    "reports_rollup.waits": "seconds",
    "sandbox_page.access_digest": "a hash",
    "sandbox_page.refresh_digest": "a hash",
    "sandbox_picture.body": "a picture of the demo",
    "sandbox_tradehouse.digest": "a hash",
    "triage_learned.delta": "weights",
}


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    make_keys(tmp_path / "keys")
    settings.HEARWELL_KEYS = tmp_path / "keys"
    return tmp_path / "keys"


def test_every_column_of_bytes_is_sealed_anew_or_says_why_not():
    listed = {f"{one.model._meta.db_table}.{one.name}" for one in rotation.SEALED}
    found = {
        f"{model._meta.db_table}.{column.column}"
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if isinstance(getattr(column, "base_field", column), models.BinaryField)
    }
    assert " ".join(sorted(found - listed - set(NOT_SEALED))) == ""
    assert listed - found == {"mfa_authenticator.data"}


def test_keys_follow_one_another(folder):
    old = IngressKeyring.load(folder)
    sealed = old.seal(b"secret", b"here")
    assert rotation.announce(folder)
    assert not rotation.announce(folder)
    announced = IngressKeyring.load(folder)
    assert old.open(announced.seal(b"secret", b"here"), b"here") == b"secret"
    keyfiles.use_next(folder)
    newest = IngressKeyring.load(folder)
    assert announced.open(newest.seal(b"secret", b"here"), b"here") == b"secret"
    assert newest.open(sealed, b"here") == b"secret"
    anew = newest.renewed(sealed, b"here")
    assert newest.renewed(anew, b"here") == anew != sealed
    keyfiles.remove_older(folder)
    make_keys(folder)
    assert {path.name for path in folder.glob("ingress*")} == {"ingress-2.key"}
    assert EgressKeyring.load(folder, can_open=True).open(
        EgressKeyring.load(folder, can_open=False).seal(b"t", b"p"), b"p"
    )


def test_a_backup_keeps_old_keys_where_they_are(folder):
    keyfiles.make_next(folder)
    keyfiles.use_next(folder)
    thread = threading.Thread(target=keyfiles.remove_older, args=(folder,))
    with keyfiles.standing_still(folder):
        thread.start()
        time.sleep(0.1)
        assert (folder / keyfiles.INGRESS_FILE).exists()
    thread.join()
    assert not (folder / keyfiles.INGRESS_FILE).exists()


# --- under load ----------------------------------------------------------------------------------


@dataclass
class Load:
    """Senders, pollers, the gateway, people: each reads and writes secrets as they do."""

    workspace: Workspace
    channels: list[Channel]
    user: User
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def send(self, channel: Channel) -> None:
        with scope(self.workspace.id):
            secrets = opened_account(channel).secrets
        assert secrets["token"] == f"t-{channel.handle}"
        assert secrets["refresh"].startswith(f"r-{channel.handle}")

    def renew(self, channel: Channel) -> None:
        with scope(self.workspace.id):
            Credential.objects.select_for_update().get(channel=channel)
            held = opened_account(channel).secrets
            time.sleep(0.001)  # the network is asked meanwhile
            store_secrets(channel, {**held, "refresh": f"r-{channel.handle}-{self.done['renew']}"})

    def lay(self, channel: Channel) -> None:
        with scope(self.workspace.id):
            lay_over(channel, {"refresh": f"r-{channel.handle}-{self.done['lay']}"})

    def take_in(self, channel: Channel) -> None:
        endpoint = Endpoint.objects.get(id=channel.endpoint_id)
        assert opened_ingress(endpoint).challenge == f"c-{channel.handle}"

    def change(self, channel: Channel) -> None:
        with scope(self.workspace.id):
            rotate_secret(channel)

    def sign_in(self, _channel: Channel) -> None:
        TOTP(Authenticator.objects.get(user=self.user)).validate_code("000000")

    def work(self, what: str) -> None:
        act: Callable[[Channel], None] = getattr(self, what)
        while not self.stop.is_set():
            channel = self.channels[self.done[what] % len(self.channels)]
            try:
                act(channel)
            except Exception as error:  # noqa: BLE001 -- that none comes is what is tested
                self.wrong.append(f"{what} {channel.handle}: {error!r}")
                break
            self.done[what] += 1
        connection.close()

    @contextmanager
    def going_on(self) -> Iterator[None]:
        kinds = ("send", "send", "renew", "lay", "take_in", "change", "sign_in")
        threads = [threading.Thread(target=self.work, args=(what,)) for what in kinds]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def goes_on(self) -> None:
        """Wait until each has done more, or one has failed."""
        before = Counter(self.done)
        while not self.wrong and any(self.done[k] < before[k] + 10 for k in self.done):
            time.sleep(0.01)


@pytest.fixture
def load(folder, transactional_db, monkeypatch) -> Load:
    monkeypatch.setitem(registry._connectors, "pigeon", Pigeon())
    workspace = Workspace.objects.create(name="Northwind Air", slug="northwind")
    user = User.objects.create_user("alice@example.com")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    with scope(workspace.id):
        channels = [
            connect_channel(
                workspace_id=workspace.id, network="pigeon", handle=f"h{number}",
                external_id=f"{number}", brand="Northwind",
                secrets={"token": f"t-h{number}", "refresh": f"r-h{number}"},
                ingress=IngressSecrets(("s",), f"c-h{number}"),
            )
            for number in range(CHANNELS)
        ]  # fmt: skip
    return Load(workspace, channels, user)


def test_nothing_fails_while_keys_change_and_a_death_half_way_is_gone_on_from(folder, load):
    def rotate() -> None:
        rotation.rotate(folder, notice_s=0.3, told=lambda _count: None)

    def die_half_way() -> None:
        left = iter(range(DIES_AT))
        whole = resealing._is_renewed

        def renewed(column, row):
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return whole(column, row)

        resealing._is_renewed = renewed
        rotate()

    ends = [aside(work) for work in (die_half_way, rotate, lambda: rotation.remove_older(folder))]
    with load.going_on():
        codes = []
        for start, end in ends:
            load.goes_on()
            start()
            codes.append(end())
            load.goes_on()
    assert load.wrong == []
    assert codes == [signal.SIGKILL, 0, 0]
    assert len(list(folder.glob("ingress*"))) == len(list(folder.glob("egress*.private"))) == 1
    for channel in load.channels:
        load.send(channel)
    stored = Authenticator.objects.get().data["secret"].removeprefix("sealed:")
    opened = keyrings.ingress().open(b64decode(stored), b"mfa_authenticator:data")
    assert opened == b"JBSWY3DPEHPK3PXP"


def test_what_still_needs_an_old_key_keeps_it(folder, load):
    keyfiles.make_next(folder)
    with pytest.raises(rotation.OlderKeysNeededError, match="rows were still sealed"):
        rotation.remove_older(folder)
    assert (folder / keyfiles.INGRESS_FILE).exists()
    assert rotation.remove_older(folder) == [
        "ingress.key",
        "egress.private",
        "egress.public",
    ]


def test_a_rotation_does_not_undo_what_was_written_meanwhile(folder, load, monkeypatch):
    """Whoever writes while it holds the rows waits, and theirs stands."""
    keyfiles.make_next(folder)
    keyfiles.use_next(folder)
    channel, renewed = load.channels[0], EgressKeyring.renewed

    def write() -> None:
        with scope(load.workspace.id):
            store_secrets(channel, {"token": "newer"})
        connection.close()

    writer = threading.Thread(target=write)

    def slow(ring, sealed, aad):
        if writer.ident is None:
            writer.start()
            writer.join(0.3)
            assert writer.is_alive()
        return renewed(ring, sealed, aad)

    with monkeypatch.context() as patch:
        patch.setattr(EgressKeyring, "renewed", slow)
        column = next(c for c in rotation.SEALED if c.model is Credential)
        assert resealing.reseal(column, load.workspace.id) == CHANNELS
    writer.join()
    with scope(load.workspace.id):
        assert opened_account(channel).secrets == {"token": "newer"}


def test_the_commands_say_what_they_did(folder, load, monkeypatch):
    monkeypatch.setattr("hearwell.config.changingkeys.become", lambda _role: None)
    monkeypatch.setattr(rotation, "NOTICE_S", 0)
    monkeypatch.setattr(rotation.time, "sleep", lambda _s: None)
    said = [CliRunner().invoke(command, [name]) for name in ("announce", "rotate", "remove-older")]
    assert [one.exit_code for one in said] == [0, 0, 0], said
    assert "Copy" in said[0].output
    assert "sealed with the newest keys" in said[1].output
    assert "ingress.key" in said[2].output
    assert "no older keys" in CliRunner().invoke(command, ["remove-older"]).output
