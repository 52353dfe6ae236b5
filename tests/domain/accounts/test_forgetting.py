"""Sessions that are over do not stay in the database, and whoever is signed in stays so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

from hearwell.accounts.models import SignIn
from hearwell.kit.clock import now
from hearwell.kit.sweep import SWEEPS

pytestmark = pytest.mark.django_db


def _limits() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_limit")
        return int(cursor.fetchone()[0])


def test_what_is_over_goes_and_what_is_not_stays(alice, bob):
    for user, age in ((alice, timedelta(days=15)), (bob, timedelta(days=13))):
        key = f"session-of-{user.initials}".lower()
        Session.objects.create(
            session_key=key, session_data="x", expire_date=now() + timedelta(days=14) - age
        )
        SignIn.objects.create(user=user, session_key=key, seen_at=now() - age)
    cache.set("spent", 1, timeout=60)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_limit SET expires = now() - interval '1 second'")
    cache.set("counting", 1, timeout=60)
    assert _limits() == 2

    assert SWEEPS["accounts.sessions"].work() == 1

    assert list(Session.objects.values_list("session_key", flat=True)) == ["session-of-bb"]
    assert list(SignIn.objects.values_list("user__name", flat=True)) == ["Bob Brown"]
    assert _limits() == 1
