"""Keeping, partitions, counting, and the sweep that finds what no wake-up reached."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hearwell.channels.models import Channel, Endpoint, EndpointCounter, RawDelivery, RawState
from hearwell.channels.services import RawRow, count, keep, wake
from hearwell.channels.sweeps import DAYS_AHEAD, drain_strays, turn_partitions
from hearwell.connect.model import Raw, Source
from hearwell.kit.clock import now
from hearwell.kit.ids import uuid7_at
from tests.domain.channels.conftest import Loft, deliver, drain, row_of, states
from tests.pigeon import body_of, message


def _partition_of(raw_id: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM channels_rawdelivery WHERE id = %s", [raw_id]
        )
        return str(cursor.fetchone()[0])


def _waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name="channels.drain", status="todo").count()


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff\xfe", b"{" * 100_000, "ñ🛫\u2067".encode(), b"\\u0000 \\ud800"]
)
def test_any_bytes_come_back_as_they_were(channel: Channel, body: bytes) -> None:
    keep([row_of(channel, body)])

    assert bytes(RawDelivery.objects.get().body) == body


def test_what_text_columns_cannot_hold_is_replaced_outside_the_body(channel: Channel) -> None:
    assert channel.endpoint_id is not None
    raw = Raw("POST", "/hooks/\x00x", {"x-a": "\ud800\x00"}, b"", now())

    keep([RawRow.of(channel.endpoint_id, raw)])

    row = RawDelivery.objects.get()
    assert row.url == "/hooks/\u2400x"
    assert row.headers == {"x-a": "\ufffd\u2400"}


def test_rolled_back_transaction_keeps_nothing(channel: Channel) -> None:
    with transaction.atomic():
        deliver(channel, message("1"))
        transaction.set_rollback(True)

    assert RawDelivery.objects.count() == 0


def test_web_role_keeps_by_the_function_and_reads_nothing(
    channel: Channel, as_app_role: None
) -> None:
    keep([row_of(channel, b"{}")])

    for statement in (
        "SELECT body FROM channels_rawdelivery",
        "UPDATE channels_rawdelivery SET state = 1",
        "DELETE FROM channels_rawdelivery",
        "SELECT * FROM channels_routes(gen_random_uuid(), NULL)",
        "SELECT channels_drop_partitions(current_date)",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_ids_of_today_go_to_the_partition_of_today(channel: Channel) -> None:
    row = row_of(channel, b"{}")
    keep([row])

    assert _partition_of(row.id) == f"channels_rawdelivery_d{now():%Y%m%d}"


def test_delivery_of_a_day_without_partition_is_kept_and_moved_later(channel: Channel) -> None:
    far = now() + timedelta(days=100)
    with time_machine.travel(far, tick=False):
        row = _row_at(channel, far)
        keep([row])
        assert _partition_of(row.id) == "channels_rawdelivery_default"

        assert turn_partitions() >= DAYS_AHEAD

        assert _partition_of(row.id) == f"channels_rawdelivery_d{far:%Y%m%d}"
        assert turn_partitions() == 0


def _row_at(channel: Channel, at: datetime) -> RawRow:
    assert channel.endpoint_id is not None
    return RawRow(uuid7_at(at), channel.endpoint_id, Source.POLL, "GET", "", {}, b"x", at)


def test_old_days_are_dropped_unless_something_still_waits_there(
    channel: Channel, loft: Loft
) -> None:
    row = row_of(channel, body_of(message("1")))
    keep([row])
    with time_machine.travel(now() + timedelta(days=40), tick=False):
        turn_partitions()
        assert RawDelivery.objects.filter(id=row.id).exists()

        drain(channel)
        turn_partitions()
        assert not RawDelivery.objects.filter(id=row.id).exists()


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
def test_first_id_of_a_day_is_that_of_the_clock(db: None, day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT channels_first_id(%s)", [day])
        midnight = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        assert cursor.fetchone() == (uuid7_at(midnight),)


def test_counters_add_up(channel: Channel) -> None:
    assert channel.endpoint_id is not None
    for amount in (2, 3):
        count({(channel.endpoint_id, date(2026, 3, 2), "forged"): amount})

    assert EndpointCounter.objects.get().count == 5


def test_second_wake_up_is_not_queued_and_aborts_nothing(channel: Channel) -> None:
    assert channel.endpoint_id is not None
    other = Endpoint.objects.create(token="other", network="pigeon")

    assert wake([channel.endpoint_id]) == 1
    assert wake([channel.endpoint_id, other.id]) == 1
    assert _waiting() == 2


def test_sweep_wakes_only_endpoints_where_something_has_lain_for_a_second(
    channel: Channel, loft: Loft
) -> None:
    assert drain_strays() == 0
    with time_machine.travel(now(), tick=False) as clock:
        keep([_row_at(channel, now())])
        assert drain_strays() == 0
        clock.shift(2)
        assert drain_strays() == 1
        assert drain_strays() == 0  # one is waiting already
    job = ProcrastinateJob.objects.get(task_name="channels.drain")
    assert job.args == {"endpoint_id": str(channel.endpoint_id), "is_careful": False}
    assert job.queue_name == "inbound"


def test_sweep_asks_for_care_after_a_minute(channel: Channel) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        keep([_row_at(channel, now())])
        clock.shift(61)
        drain_strays()

    assert ProcrastinateJob.objects.get(task_name="channels.drain").args["is_careful"] is True


def test_many_rows_of_one_endpoint_are_drained_in_bounded_batches(
    channel: Channel, loft: Loft
) -> None:
    keep([row_of(channel, body_of(message(str(n), thread=str(n)))) for n in range(1100)])

    assert drain(channel) == 1100

    assert loft.batches == [500, 500, 100]
    assert set(states()) == {RawState.DONE}


def test_same_id_twice_is_refused_as_a_whole(channel: Channel) -> None:
    row = row_of(channel, b"1")
    keep([row])

    with pytest.raises(IntegrityError), transaction.atomic():
        keep([row_of(channel, b"2"), row])

    assert RawDelivery.objects.count() == 1
