"""Seeds of codes are sealed where they are stored, and those from before are still read."""

from __future__ import annotations

import importlib

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, TOTP, format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore as Plain

from hearwell.accounts.factorsealing import SessionStore
from hearwell.kit.seal import UnsealError
from hearwell.notifications.models import Device

pytestmark = pytest.mark.django_db
SEED, HEX = "JBSWY3DPEHPK3PXP", "0123456789abcdef"
factors = importlib.import_module("hearwell.accounts.migrations.0008_seal_factors")
devices = importlib.import_module("hearwell.notifications.migrations.0005_seal_auth")


def code() -> str:
    return format_hotp_value(hotp_value(SEED, next(iter(counters()))))


def test_a_seed_is_sealed_and_its_codes_are_good(alice):
    made = TOTP.activate(alice, SEED)
    assert Authenticator.objects.get().data["secret"].startswith("sealed:")
    assert made.validate_code(code())
    assert not made.validate_code("000000x")


def test_recovery_codes_are_the_same_sealed_and_not(alice):
    plain = Authenticator.objects.create(
        user=alice, type="recovery_codes", data={"seed": HEX, "used_mask": 1}
    )
    codes = RecoveryCodes(plain).get_unused_codes()
    factors._seal(apps, None)
    sealed = Authenticator.objects.get()
    assert HEX not in str(sealed.data)
    assert RecoveryCodes(sealed).get_unused_codes() == codes
    assert RecoveryCodes(sealed).validate_code(codes[0])


def test_the_upgrade_seals_what_is_there_and_can_go_back(alice):
    row = Authenticator.objects.create(user=alice, type="totp", data={"secret": SEED})
    key = Authenticator.objects.create(user=alice, type="webauthn", data={"credential": {"id": 1}})
    factors._seal(apps, None)
    factors._seal(apps, None)
    row.refresh_from_db()
    assert SEED not in str(row.data)
    assert TOTP(row).validate_code(code())
    factors._open(apps, None)
    row.refresh_from_db()
    key.refresh_from_db()
    assert (row.data, key.data) == ({"secret": SEED}, {"credential": {"id": 1}})


def test_a_seed_that_is_just_being_set_up_is_sealed_in_the_session():
    store = SessionStore()
    store[SECRET_SESSION_KEY], store["other"] = SEED, "as it is"
    store.save()
    written = Plain(store.session_key).load()
    assert SEED not in str(written)
    assert written["other"] == "as it is"
    assert SessionStore(store.session_key)[SECRET_SESSION_KEY] == SEED


def test_a_seal_that_was_altered_opens_nothing(alice):
    made = TOTP.activate(alice, SEED)
    made.instance.data["secret"] = f"sealed:{'A' * 40}"
    with pytest.raises(UnsealError):
        made.validate_code(code())


def test_the_upgrade_seals_what_browsers_gave(workspace, alice):
    from hearwell.notifications.sealing import opened

    row = Device.objects.create(
        workspace_id=workspace.id, user_id=alice.id, name="Phone", endpoint="https://p.example",
        digest=b"d", public_key=b"k", auth=b"sixteen-bytes-xx",
    )  # fmt: skip
    for _ in range(2):
        devices._seal(apps, None)
    row.refresh_from_db()
    assert b"sixteen" not in bytes(row.auth)
    assert opened(workspace.id, row.id, bytes(row.auth)) == b"sixteen-bytes-xx"
