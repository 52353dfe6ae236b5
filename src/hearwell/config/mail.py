"""How Hearwell itself sends e-mail, as Django wants to be told it."""

from __future__ import annotations

import ipaddress
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from hearwell.config.environment import Environment

SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
LOG: Final = "django.core.mail.backends.console.EmailBackend"
TIMEOUT_S: Final = 20


def mail_settings(environment: Environment) -> dict[str, Any]:
    """Return Django's settings for e-mail. Only a server on this machine may lack TLS."""
    sender = environment.mail_from or f"hearwell@{environment.host}"
    found: dict[str, Any] = {
        "EMAIL_BACKEND": environment.email_backend or (SMTP if environment.smtp_url else LOG),
        "DEFAULT_FROM_EMAIL": sender,
        "SERVER_EMAIL": sender,
        "EMAIL_TIMEOUT": TIMEOUT_S,
    }
    if not environment.smtp_url:
        return found
    parts = urlsplit(environment.smtp_url)
    host, is_tls = parts.hostname or "", parts.scheme == "smtps"
    return {
        **found,
        "EMAIL_HOST": host,
        "EMAIL_PORT": parts.port or (465 if is_tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": not is_tls and not _is_here(host),
    }


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
