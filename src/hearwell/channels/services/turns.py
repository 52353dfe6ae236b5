"""Turns to call a host: to it, all of our processes together are one guest.

The database decides, with its own clock (migration 0009); at most one of them has a turn.
"""

from __future__ import annotations

from django.db import Error, connection

from hearwell.connect.failures import Unavailable


def take_turn(host: str, spacing_s: float) -> float:
    """Seconds until the host may be called; 0 takes the turn, for as long as `spacing_s`.

    Raises Unavailable where the database cannot be asked: then nobody is called.
    """
    try:
        with connection.cursor() as cursor:
            take = "SELECT channels_take_turn(%s, make_interval(secs => %s))"
            cursor.execute(take, [host[:500], spacing_s])
            row = cursor.fetchone()
    except Error as error:
        raise Unavailable(network_code=type(error).__name__) from error
    return float(row[0]) if row else 0.0
