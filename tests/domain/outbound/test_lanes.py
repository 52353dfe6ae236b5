"""Lanes count what the other side says, whoever comes first and however many at once."""

from __future__ import annotations

import threading

from django.db import connection

from hearwell.kit.ids import uuid7
from hearwell.kit.scope import scope
from hearwell.outbound import services
from tests.domain.outbound.conftest import Desk


def test_many_at_once_are_all_counted_on_new_lanes_too(desk: Desk) -> None:
    lanes = [uuid7() for _ in range(20)]
    start = threading.Barrier(4)
    errors: list[Exception] = []

    def move(order: list[object]) -> None:
        start.wait()
        try:
            with scope(desk.workspace.id):
                services.lanes_moved(
                    desk.workspace.id,
                    [services.LaneMove(lane, desk.channel.id, "page-1") for lane in order],  # type: ignore[arg-type]
                )
        except Exception as error:  # noqa: BLE001  shown by the assertion below
            errors.append(error)
        finally:
            connection.close()

    orders = [lanes, lanes[::-1], lanes[10:] + lanes[:10], lanes]
    threads = [threading.Thread(target=move, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with scope(desk.workspace.id):
        assert services.versions(desk.workspace.id, lanes) == dict.fromkeys(lanes, 4)
