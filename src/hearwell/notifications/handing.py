"""Hand e-mails over to the mail server, many on one line, however often it hangs up."""

from __future__ import annotations

from contextlib import suppress
from smtplib import SMTPException, SMTPSenderRefused, SMTPServerDisconnected
from typing import Any, Final

from django.core.mail import EmailMessage

# ValueError: an address, or a header, that could be none.
FAILURES: Final = (OSError, SMTPException, ValueError)
_CLOSING: Final = 421


def handed_over(line: Any, letter: EmailMessage) -> int:
    """Send a letter; over a new line where the server ends this one before it took anything.

    Raises any of `FAILURES`.
    """
    letter.connection = line
    try:
        return letter.send()
    except SMTPSenderRefused as error:
        if error.smtp_code != _CLOSING:
            raise
        hung_up(line)
        return letter.send()


def hung_up(line: Any) -> None:
    """Let the next letter open a new line."""
    with suppress(*FAILURES):
        line.close()


def is_refusal(error: Exception) -> bool:
    """Say whether the server said no, or was never asked; else it may have taken the letter."""
    if isinstance(error, SMTPServerDisconnected):
        return False
    return isinstance(error, SMTPException | ValueError)
