"""The room that the chat's connector is given: our tables, behind ``connect.rooms.Room``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import Error, connection

from hearwell.connect import failures
from hearwell.connect.attachments import Attachment
from hearwell.connect.rooms import Said
from hearwell.kit.scope import scope
from hearwell.webchat import queries, services
from hearwell.webchat.models import Line, Visitor

log = structlog.get_logger(__name__)
T = TypeVar("T")


class HouseRoom:
    """Finds the visitor's workspace and works in its scope alone."""

    def say(
        self,
        site: str,
        visitor: str,
        key: str,
        text: str,
        files: Sequence[Attachment] = (),
        choices: Sequence[str] = (),
    ) -> Said | None:
        """See ``Room``: after the first write only a read-back can tell what became of it."""
        found = _carefully(lambda: _home(site, visitor))
        if found is None:
            return None
        workspace_id, visitor_id = found
        try:
            with scope(workspace_id):
                line = services.write_out(
                    workspace_id, visitor_id, key, text, files, choices=choices
                )
                return _said(line)
        except Visitor.DoesNotExist:
            return None
        except Error as error:
            raise failures.OutcomeUnknown(network_code=type(error).__name__) from error

    def find(self, site: str, visitor: str, key: str) -> Said | None:
        """See ``Room``."""

        def look() -> Said | None:
            found = _home(site, visitor)
            if found is None:
                return None
            with scope(found[0]):
                line = queries.answer_by_key(*found, key)
            return _said(line) if line else None

        return _carefully(look)

    def file(self, site: str, visitor: str, name: str) -> bytes | None:
        """See ``Room``."""

        def look() -> bytes | None:
            found, file_id = _home(site, visitor), _uuid(name)
            if found is None or file_id is None:
                return None
            with scope(found[0]):
                file = queries.file_by_id(*found, file_id)
            return queries.body_of(file) if file else None

        return _carefully(look)

    def is_open(self) -> bool:
        """See ``Room``."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error:
            return False
        return True


def _home(site: str, visitor: str) -> tuple[UUID, UUID] | None:
    """Return workspace and visitor, if the visitor is one of this site's."""
    visitor_id = _uuid(visitor)
    found = queries.home_of(visitor_id) if visitor_id else None
    if found is None or visitor_id is None or found[1] != site:
        return None
    return found[0], visitor_id


def _carefully(read: Callable[[], T]) -> T:
    """Read; a database that cannot be reached has surely done nothing."""
    try:
        return read()
    except (Error, OSError) as error:
        log.warning("room_unavailable", error_type=type(error).__name__)
        raise failures.Unavailable(network_code=type(error).__name__) from error


def _said(line: Line) -> Said:
    return Said(str(line.id), line.at)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
