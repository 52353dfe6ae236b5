"""One guest to a host, however many processes we are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from hearwell.channels.services.turns import take_turn
from hearwell.connect import registry
from hearwell.connectors.feeds.connector import FeedsConnector
from hearwell.kit.direct import direct_parameters

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "https://blog.example"


def asked_elsewhere(spacing: str = "1 minute") -> float:
    """As another process: on a connection of its own."""
    with psycopg.connect(**direct_parameters(), autocommit=True) as other:
        row = other.execute("SELECT channels_take_turn(%s, %s::interval)", [HOST, spacing])
        (left,) = row.fetchone() or (0.0,)
    return float(left)


def test_of_many_at_once_one_has_the_turn_and_the_others_hear_how_long() -> None:
    with ThreadPoolExecutor(8) as pool:
        left = sorted(pool.map(lambda _: asked_elsewhere(), range(8)))
    assert left[0] == 0
    assert all(0 < one <= 60 for one in left[1:])
    assert 0 < take_turn(HOST, 60) <= 60
    assert take_turn("https://other.example", 60) == 0


def test_when_its_time_is_over_it_is_anybody_s_again() -> None:
    assert take_turn(HOST, 0) == 0
    assert asked_elsewhere() == 0
    assert take_turn(HOST, 60) > 0


def test_hosts_of_long_ago_are_forgotten() -> None:
    assert take_turn("https://old.example", -7200) == 0
    assert take_turn("https://recent.example", -60) == 0
    assert take_turn(HOST, 60) == 0
    owner = {**direct_parameters(), "user": "hearwell_owner"}
    with psycopg.connect(**owner, autocommit=True) as server:
        hosts = server.execute("SELECT host FROM channels_turn ORDER BY host").fetchall()
    assert hosts == [(HOST,), ("https://recent.example",)]


def test_the_house_s_feeds_take_their_turns_there() -> None:
    feeds = registry.connector_for("feeds")
    assert isinstance(feeds, FeedsConnector)
    assert feeds._manners.wait_s(f"{HOST}/feed") == 0
    assert asked_elsewhere() > 0
    feeds._manners._free_at.clear()  # as another process, which remembers nothing
    assert feeds._manners.wait_s(f"{HOST}/feed") > 0


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM channels_turn", "SELECT channels_take_turn('x', interval '1 s')"]
)
def test_the_web_process_can_neither_see_nor_take_a_turn(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE hearwell_app")
        with pytest.raises(DatabaseError, match="permission denied"):
            cursor.execute(statement)
        transaction.set_rollback(True)
