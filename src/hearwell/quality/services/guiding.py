"""The voice guide is written, and brought back as it was."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from hearwell.accounts.models import User
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel
from hearwell.kit import rows
from hearwell.kit.text import clean
from hearwell.quality.models import Guide
from hearwell.quality.queries import guide_for
from hearwell.quality.voice import LONGEST_GUIDE, Holds, lines_of

_LONGEST_REMARK: Final = 200
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('quality.voice' || %s, 0))"


@dataclass(frozen=True)
class Voice:
    """What a guide says; the fields are those of `Guide`."""

    text: str = ""
    does: str = ""
    donts: str = ""
    avoid: str = ""


@transaction.atomic
def write_guide(
    workspace_id: UUID, holds: Holds, voice: Voice, *, by: User, remark: str = ""
) -> Guide | None:
    """Make a version of a guide; None where it says what the last said.

    Raises Channel.DoesNotExist for an account that is not there.
    """
    if holds.channel_id is not None:
        Channel.objects.get(workspace_id=workspace_id, id=holds.channel_id)
    rows.fetch(_LOCK, [str(workspace_id)], is_read=False)
    said = {name: clean(text)[0].strip()[:LONGEST_GUIDE] for name, text in asdict(voice).items()}
    said["avoid"] = "\n".join(lines_of(said["avoid"]))
    last = guide_for(workspace_id, holds)
    before = asdict(Voice()) if last is None else {name: getattr(last, name) for name in said}
    if said == before:
        return None
    made = Guide.objects.create(
        workspace_id=workspace_id,
        channel_id=holds.channel_id,
        language=holds.language,
        number=last.number + 1 if last else 1,
        remark=" ".join(clean(remark)[0].split())[:_LONGEST_REMARK],
        by_id=by.id,
        **said,
    )
    record_audit(
        workspace_id, [AuditEntry("voice.written", by, "guide", made.id, f"v{made.number}")]
    )
    return made


@transaction.atomic
def bring_back(workspace_id: UUID, guide_id: UUID, *, by: User) -> Guide | None:
    """Make a version that says what an earlier one said. Raises Guide.DoesNotExist."""
    old = Guide.objects.get(workspace_id=workspace_id, id=guide_id)
    voice = Voice(old.text, old.does, old.donts, old.avoid)
    holds = Holds(old.channel_id, old.language)
    return write_guide(workspace_id, holds, voice, by=by, remark=f"= v{old.number}")
