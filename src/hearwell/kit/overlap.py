"""Let PostgreSQL work while Python goes on.

A story of many statements spends half its time waiting for answers that nobody looks at: an
INSERT is either fine or the end of the story. Inside ``overlapping()`` such statements (those that
``rows`` runs without reading) are only sent; psycopg's pipeline mode keeps them in order, and
whatever reads next waits for all of them. Everything else behaves as ever: a statement through
the ORM has run, and its row count is known, when it returns.

An error of a statement that was only sent is raised by the next one that is waited for, at the
latest at the end of the block. So the block belongs inside the transaction that it would undo.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from psycopg import Pipeline
from psycopg.pq import abc

_pipeline: ContextVar[Pipeline | None] = ContextVar("hearwell_pipeline", default=None)
_sent_only: ContextVar[bool] = ContextVar("hearwell_sent_only", default=False)


@contextmanager
def overlapping() -> Iterator[None]:
    """Send, and do not wait for, the statements of this block that nobody reads. Nests."""
    if _pipeline.get() is not None:
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline() as pipeline:
        token = _pipeline.set(pipeline)
        try:
            with connection.execute_wrapper(_waiting):
                yield
        finally:
            _pipeline.reset(token)


def _waiting(
    execute: Callable[..., Any],
    statement: Any,
    parameters: Any,
    many: bool,  # noqa: FBT001 -- Django's form of a wrapper
    context: Any,
) -> Any:
    """Run a statement of the block; wait for it unless it is one of `sent_only`."""
    result = execute(statement, parameters, many, context)
    pipeline = _pipeline.get()
    if pipeline is not None:
        # Before anything is waited for: psycopg then only listens, and would listen for ever while
        # the end of a long statement is still here and the server waits for that.
        _push(pipeline.pgconn)
        if not _sent_only.get():
            with connection.wrap_database_errors:
                pipeline.sync()
    return result


def _push(line: abc.PGconn) -> None:
    """Hand all of a long statement to the server, which begins only when it has the end."""
    while line.flush():
        readable, _, _ = select.select([line.socket], [line.socket], [])
        if readable:
            line.consume_input()


@contextmanager
def sent_only() -> Iterator[None]:
    """Mark statements as not to be waited for, where the block around allows it."""
    token = _sent_only.set(True)
    try:
        yield
    finally:
        _sent_only.reset(token)
