"""Send what is due: counted once a report, worded once a language, handed over once a reader.

No row is held while a PDF is made or the mail server speaks. Who reads is looked at again here: an
order may be older than a colleague's rights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hearwell.accounts.languages import language_for, speaking
from hearwell.accounts.models import Membership, Workspace
from hearwell.kit.paper.printing import NoTypesetterError, PaperError, pdf_of
from hearwell.kit.scope import scope
from hearwell.kit.sheets import as_text
from hearwell.notifications.handing import FAILURES, handed_over, hung_up, is_refusal
from hearwell.scheduledreports.kinds import KINDS, Asked, Found, GoneError, Kind, Made
from hearwell.scheduledreports.models import Letter, LetterState, Order
from hearwell.scheduledreports.queries import readers_of, stops_of
from hearwell.scheduledreports.services import letters
from hearwell.scheduledreports.services.letters import Batch
from hearwell.scheduledreports.services.stops import stop_token

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Worded:
    """A report in one language, with what goes with the letter."""

    made: Made
    files: Sequence[tuple[str, str | bytes, str]]
    lacks_pdf: bool = False


@dataclass(slots=True)
class Run:
    """One report of one period, while it is sent: counted once, worded by language."""

    workspace: Workspace
    order: Order
    found: Found
    by_language: dict[str, Worded] = field(default_factory=dict)

    def worded(self, language: str) -> Worded:
        """Return the report in a language. Raises PaperError."""
        if language not in self.by_language:
            zone = ZoneInfo(self.workspace.time_zone)
            with scope(self.workspace.id), timezone.override(zone), speaking(language):
                made = self.found()
            self.by_language[language] = _with_files(self.order, made)
        return self.by_language[language]


def _with_files(order: Order, made: Made) -> Worded:
    files: list[tuple[str, str | bytes, str]] = []
    lacks_pdf = False
    if order.has_pdf:
        try:
            files.append((f"{made.name}.pdf", pdf_of(made.paper), "application/pdf"))
        except NoTypesetterError:
            lacks_pdf = True
    if order.has_csv:
        files.append((f"{made.name}.csv", as_text([made.head, *made.rows]), "text/csv"))
    return Worded(made, files, lacks_pdf)


def send_reports(workspace_id: UUID) -> int:
    """Send what is due in a workspace; return how many letters were sent.

    Nothing is taken before the mail server answers: while there is none, or it is away, everything
    stays due.
    """
    if not settings.HEARWELL_HAS_MAIL:
        return 0
    with scope(workspace_id):
        letters.give_up_lost(workspace_id)
    line = get_connection()
    try:
        line.open()
    except FAILURES as error:
        log.warning("reports_wait_for_mail", error_type=type(error).__name__)
        return 0
    try:
        workspace = Workspace.objects.get(id=workspace_id)
        with scope(workspace_id):
            letters.claim_due(workspace)
            batches = letters.waiting_batches(workspace_id)
        return sum(_send_batch(line, workspace, one) for one in batches)
    finally:
        hung_up(line)


def _send_batch(line: Any, workspace: Workspace, batch: Batch) -> int:
    with scope(workspace.id):
        readers = _sort_out(workspace.id, batch)
    run = _counted(workspace, batch, [one for one, _member in readers]) if readers else None
    if run is None:
        return 0
    sent = [letter for letter, member in readers if _send(line, run, letter, member)]
    hung_up(line)  # counting the next report may take longer than the server waits
    with scope(workspace.id):
        letters.note_sent(batch.order, sent)
    return len(sent)


def _sort_out(workspace_id: UUID, batch: Batch) -> list[tuple[Letter, Membership]]:
    """Return the letters that may be sent, each with its reader; write down why others may not."""
    ids = [one.user_id for one in batch.letters]
    members = {one.user_id: one for one in readers_of(workspace_id, ids)}
    stopped = stops_of(workspace_id, [batch.order.id]).get(batch.order.id, set())
    left: dict[str, list[Letter]] = {}
    kept = []
    for letter in batch.letters:
        why = _why_not(letter, batch.order, members, stopped)
        if why:
            left.setdefault(why, []).append(letter)
        else:
            kept.append((letter, members[letter.user_id]))
    for why, some in left.items():
        letters.settle(some, LetterState.LEFT_OUT, why)
    return kept


def _why_not(
    letter: Letter, order: Order, members: Mapping[UUID, Membership], stopped: set[UUID]
) -> str:
    is_asked = letter.key.startswith("now:")
    if letter.user_id not in members:
        return "no_reader"
    if letter.user_id in stopped and not is_asked:
        return "stopped"
    is_off = order.is_removed or (order.is_paused and not is_asked and not letter.tries)
    return "off" if is_off else ""


def _counted(workspace: Workspace, batch: Batch, waiting: Sequence[Letter]) -> Run | None:
    """Count the report, or write down why it could not be."""
    order, first = batch.order, batch.letters[0]
    try:
        with scope(workspace.id):
            found = _kind_of(order).gather(
                Asked(workspace, first.first_on, first.last_on, order.panel_id)
            )
    except GoneError:
        why = "gone"
    except Exception:
        log.exception("report_not_made")
        why = "not_made"
    else:
        return Run(workspace, order, found)
    with scope(workspace.id):
        letters.settle(waiting, LetterState.FAILED, why)
    return None


def _kind_of(order: Order) -> Kind:
    kind = KINDS.get(order.kind)
    if kind is None:
        raise GoneError
    return kind


def _send(line: Any, run: Run, letter: Letter, member: Membership) -> bool:
    """Send one letter; what goes wrong is written down at once."""
    try:
        worded = run.worded(language_for(member.user, run.workspace))
        mail = written(run, worded, letter, member)
    except PaperError:
        return _failed(letter, "not_printed")
    except Exception:
        log.exception("report_not_made")
        return _failed(letter, "not_made")
    if not _is_open(line):
        return False
    with scope(letter.workspace_id):
        if not letters.claim(letter):
            return False
    return _hand_over(line, mail, letter)


def _is_open(line: Any) -> bool:
    """Open the line again if making the report took longer than the server waits."""
    try:
        line.open()
    except FAILURES as error:
        log.warning("reports_wait_for_mail", error_type=type(error).__name__)
        return False
    return True


def _hand_over(line: Any, mail: EmailMultiAlternatives, letter: Letter) -> bool:
    try:
        handed_over(line, mail)
    except FAILURES as error:
        log.warning("report_not_sent", error_type=type(error).__name__)
        hung_up(line)
        if is_refusal(error):
            return _failed(letter, "refused")
        return _failed(letter, "lost", LetterState.UNSURE)
    with scope(letter.workspace_id):
        letters.settle([letter], LetterState.SENT)
    return True


def _failed(letter: Letter, why: str, state: LetterState = LetterState.FAILED) -> bool:
    with scope(letter.workspace_id):
        letters.settle([letter], state, why)
    return False


def written(run: Run, worded: Worded, letter: Letter, member: Membership) -> EmailMultiAlternatives:
    """Write the e-mail in the reader's language, with the one click that ends it (RFC 8058)."""
    token = stop_token(letter.workspace_id, letter.order_id, letter.user_id)
    off = settings.HEARWELL_URL + reverse("scheduled_stop", args=[token])
    made = worded.made
    context = {
        "name": member.user.get_short_name(),
        "place": run.workspace.name,
        "made": made,
        "worded": worded,
        "url": settings.HEARWELL_URL + made.path,
        "off": off,
    }
    with (
        timezone.override(ZoneInfo(run.workspace.time_zone)),
        speaking(language_for(member.user, run.workspace)),
    ):
        text = render_to_string("hearwell/mail/report.txt", context)
        subject = _("%(place)s: %(report)s, %(days)s")
    values = {"place": run.workspace.name, "report": made.title, "days": made.days}
    mail = EmailMultiAlternatives(
        subject=" ".join((subject % values).split()),
        body=text,
        to=[member.user.email],
        headers={
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<report.{letter.id}.{letter.tries}@{settings.ENVIRONMENT.host}>",
        },
    )
    for file in worded.files:
        mail.attach(*file)
    return mail
