"""Send the e-mails to people who are waited for by name. The mail server is outside every lock."""

from __future__ import annotations

from contextlib import suppress
from smtplib import SMTPException
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import timezone

from hearwell.accounts.languages import known_language, speaking
from hearwell.kit.scope import scope
from hearwell.notifications.pushing import place_of, words_of
from hearwell.notifications.services.letters import AT_ONCE, Taken, settle_letters, take_letters

log = structlog.get_logger(__name__)
MOST_BATCHES: Final = 20
_FAILURES: Final = (OSError, SMTPException, ValueError)


def send_letters(workspace_id: UUID) -> int:
    """Send what waits in a workspace; return how many. None is taken while the server is away."""
    line = get_connection()
    try:
        line.open()
    except _FAILURES as error:
        log.warning("letters_wait_for_mail", error_type=type(error).__name__)
        return 0
    try:
        return _send_all(line, workspace_id)
    finally:
        with suppress(*_FAILURES):
            line.close()


def _send_all(line: Any, workspace_id: UUID) -> int:
    done = 0
    for _batch in range(MOST_BATCHES):
        with scope(workspace_id):
            taken = take_letters(workspace_id)
        sent = [one.letter_id for one in taken if _is_sent(line, one)]
        failed = [one for one in taken if one.letter_id not in sent]
        with scope(workspace_id):
            settle_letters(workspace_id, sent, failed)
        done += len(sent)
        if len(taken) < AT_ONCE or failed:
            break
    return done


def _is_sent(line: Any, one: Taken) -> bool:
    letter = written(one)
    letter.connection = line
    try:
        return bool(letter.send())
    except _FAILURES as error:
        log.warning("letter_not_sent", error_type=type(error).__name__)
        return False


def written(one: Taken) -> EmailMessage:
    """Write the e-mail in the person's language, with the place where it is one click."""
    language = known_language(one.own_language) or known_language(one.language)
    subject = one.about or f"HW-{one.number}"
    with timezone.override(one.zone), speaking(language):
        context = {
            "letter": one,
            "what": words_of(one.topic) % {"case": subject},
            "url": settings.HEARWELL_URL + place_of(one.topic, one.case_id, one.about),
        }
        text = render_to_string("hearwell/mail/letter.txt", context)
    return EmailMessage(
        subject=f"{one.place}: {context['what']}",
        body=text,
        to=[one.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "Importance": "high",
            "Message-ID": f"<letter.{one.letter_id}@{settings.ENVIRONMENT.host}>",
        },
    )
