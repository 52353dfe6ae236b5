"""Structured logs that cannot leak: only fields on a list get out.

A log line is an event name and named facts. A fact whose name is not on the list is
replaced by a mark, so a new field is a decision and a customer's text or a token never
slips in by way of `**context`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED_FIELDS = frozenset({
    "event", "level", "timestamp", "logger", "exception", "process", "pid", "port", "role",
    "workspace_id", "case_id", "message_id", "channel_id", "endpoint_id", "delivery_id",
    "event_id", "job_id", "raw_id", "network", "account", "state", "code", "status", "count",
    "seconds", "attempt", "queue", "task", "sweep", "method", "path", "reason", "name", "signal",
    "url",
    "version", "rows", "batch", "kind", "retry_at", "handler", "error_type",
})  # fmt: skip


# What opens a board, ends a digest or signs in stands in its address; ids may be logged.
_SECRET_IN_PATH = re.compile(
    r"(?<=/)(?![0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:/|$))"
    r"[\w:-]{24,}(?=/|$)"
)
_ADDRESS = re.compile(r"https?://[^\s'\"<>)]+")


def _hide_secrets_in_paths(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Django writes the path of each request that it refuses, or that failed."""
    if str(entry.get("logger", "")).startswith("django."):
        entry["event"] = _SECRET_IN_PATH.sub("[secret]", str(entry["event"]))
    return entry


def _hide_secrets_in_addresses(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Some networks want the token in the address, and what fails there says the address."""
    for key in ("event", "exception", "reason", "url"):
        text = entry.get(key)
        if isinstance(text, str) and "://" in text:
            entry[key] = _ADDRESS.sub(_without_secrets, text)
    return entry


def _without_secrets(match: re.Match[str]) -> str:
    path, asked, _query = match[0].partition("?")
    return _SECRET_IN_PATH.sub("[secret]", path) + asked + "[not logged]" * bool(asked)


def _keep_allowed(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key in list(entry):
        if key not in ALLOWED_FIELDS and not key.startswith("_"):
            entry[key] = "[not logged]"
    return entry


def _drop_record_internals(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    entry.pop("_record", None)
    entry.pop("_from_structlog", None)
    return entry


def configure(*, is_json: bool) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING: one line an event, to stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _hide_secrets_in_paths,
        _hide_secrets_in_addresses,
        _keep_allowed,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if is_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [_drop_record_internals, renderer],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": logging.INFO},
        "loggers": {
            # Each poll and each call is not news; their failures are logged by us.
            "httpx": {"level": logging.WARNING},
            "httpcore": {"level": logging.WARNING},
            "procrastinate": {"level": logging.WARNING},
            "uvicorn.access": {"level": logging.WARNING},
            "uvicorn.error": {"level": logging.WARNING},
            "django.server": {"level": logging.WARNING},
        },
    }
