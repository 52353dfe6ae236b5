"""Jobs of the inbox: ids in, one story."""

from __future__ import annotations

from uuid import UUID

import structlog

from hearwell.channels.models import ImportRun
from hearwell.channels.services.importing import ImportStoppedError, ImportTakenError
from hearwell.inbox import importing
from hearwell.inbox.archives.records import ArchiveError
from hearwell.kit.jobs import IMPORTS, app
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
