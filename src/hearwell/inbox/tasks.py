"""Jobs of the inbox: ids in, one story."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.core.files.storage import default_storage
from procrastinate import RetryStrategy

from hearwell.channels.models import ImportRun
from hearwell.channels.services.importing import ImportStoppedError, ImportTakenError
from hearwell.inbox import importing, media, placing
from hearwell.inbox.archives.records import ArchiveError
from hearwell.kit.jobs import DEFAULT, IMPORTS, MEDIA, Persistently, app
from hearwell.kit.scope import scope

log = structlog.get_logger(__name__)


@app.task(queue=IMPORTS, name="inbox.import_archive")
def import_archive(*, workspace_id: str, run_id: str) -> None:
    """Import an archive in the background. A killed one is found by the sweep and goes on."""
    with scope(UUID(workspace_id)):
        run = ImportRun.objects.filter(workspace_id=workspace_id, id=run_id).first()
    if run is None or not run.is_under_way:
        return
    try:
        importing.run_import(run)
    except ArchiveError as error:
        log.warning("import_failed", run=run_id, why=str(error))
    except ImportTakenError:
        log.info("import_taken", run=run_id)
    except ImportStoppedError:
        log.info("import_stopped", run=run_id)


# After 5 s, 25 s, 2 and 10 minutes: one that is down for longer is asked when somebody looks.
@app.task(
    queue=MEDIA,
    name="inbox.keep_media",
    retry=RetryStrategy(max_attempts=4, exponential_wait=5),
)
def keep_media(*, workspace_id: str, message_id: str) -> None:
    """Fetch the files of a message."""
    media.keep(UUID(workspace_id), UUID(message_id))


@app.task(queue=MEDIA, name="inbox.drop_media", retry=Persistently())
def drop_media(*, workspace_id: str, message_id: str) -> None:
    """Remove the files of a message that must not be kept."""
    media.drop(UUID(workspace_id), UUID(message_id))


@app.task(queue=MEDIA, name="inbox.drop_files", retry=Persistently())
def drop_files(*, places: list[str]) -> None:
    """Remove files whose rows are gone, by their places in the storage."""
    for place in places:
        default_storage.delete(place)


@app.task(queue=DEFAULT, name="inbox.place_waiting", retry=2)
def place_waiting(*, workspace_id: str) -> None:
    """Find people for the cases of a workspace that wait."""
    placing.place_cases(UUID(workspace_id))
