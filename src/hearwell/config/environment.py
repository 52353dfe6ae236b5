"""What the operator may say from outside, read once and never changed afterwards.

Pure: no Django, no files, no network, so that the supervisor can refuse a bad
value in one line before anything heavy is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from hearwell.kit.sigv4 import Signer

ROOT_DATA = Path("/var/lib/hearwell")
LOOPBACK = "127.0.0.1"
# What may be let inside: web addresses, and mail servers (imap://mail.lan:143).
_ALLOWED = ("http", "https", "imap", "imaps", "smtp", "smtps")
_NEAR = frozenset({"127.0.0.1", "localhost", "::1"})
# Networks in one place, for which something else may stand; a test holds it to what is wired.
_NAMES = "facebook googlereviews instagram linkedin reddit sms whatsapp x youtube"
MOVABLE = frozenset(_NAMES.split())


class EnvironmentRefusedError(ValueError):
    """A variable holds something we cannot work with; the text is for the operator."""


class ProcessRole(StrEnum):
    """What this process is for; decides the database role it connects as."""

    WEB = "web"
    WORKER = "worker"
    LISTEN = "listen"
    MIGRATE = "migrate"


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing the operator may say: its name, what holds if it is not said, what it does.

    `default` is the text that stands for a missing variable; where it is worked out, `worked_out`
    says how.
    """

    name: str
    meaning: str
    default: str = ""
    worked_out: str = ""


# docs/reference/settings.md is made of these, and nothing else is read.
VARIABLES: Final = (
    Variable(
        "DATA",
        "The folder where the database, keys, uploads and collected static files live.",
        worked_out="`/var/lib/hearwell` as root, else `$XDG_DATA_HOME/hearwell`, that is "
        "`~/.local/share/hearwell`",
    ),
    Variable("PORT", "The port of the web address.", "8000"),
    Variable(
        "HEARWELL_URL",
        "The address that people and networks use, without a path. Pages opened by another one "
        "are sent there; with `https://` cookies are marked secure.",
        worked_out="`http://localhost:PORT`",
    ),
    Variable("HEARWELL_BIND", "The network address to listen on.", LOOPBACK),
    Variable(
        "DATABASE_URL",
        "A PostgreSQL of your own, from version 15 on: as its administrator, or as role "
        "`hearwell_app` where the roles are made by hand "
        "([how](../how-to/use-your-own-postgresql.md)).",
        worked_out="the embedded PostgreSQL in DATA",
    ),
    Variable(
        "DATABASE_WORKER_URL",
        "The same database as role `hearwell_worker`, where the roles are made by hand.",
        worked_out="DATABASE_URL with that role's name",
    ),
    Variable(
        "DATABASE_OWNER_URL",
        "The same database as role `hearwell_owner`, for migrations.",
        worked_out="DATABASE_URL with that role's name",
    ),
    Variable(
        "HEARWELL_EGRESS_ALLOW",
        "Origins inside your own network that connectors may call, parted by blanks or commas; "
        "all private addresses are refused otherwise.",
    ),
    Variable(
        "HEARWELL_NETWORKS_AT",
        "Where networks are spoken to instead of at their own address, for demos and tests: "
        "`x=http://127.0.0.1:9001 reddit=http://127.0.0.1:9002`. Only addresses of this machine, "
        "and those in HEARWELL_EGRESS_ALLOW; these alone if HEARWELL_URL is not on this machine.",
    ),
    Variable(
        "HEARWELL_SECRET_KEY",
        "Signs sessions and one-time links. The same on every machine of one house.",
        worked_out="made once and kept in `DATA/secret-key`",
    ),
    Variable(
        "HEARWELL_WEB_THREADS",
        "How many pages one web process draws at a time; each may hold a database connection.",
        "8",
    ),
    Variable(
        "HEARWELL_SANDBOX_VISITOR_PER_MINUTE",
        "How often a minute one visitor may write, like or join in an opened sandbox; 0 for no "
        "limit. Members of the workspace are not counted.",
        "20",
    ),
    Variable(
        "HEARWELL_SANDBOX_PER_MINUTE",
        "How often a minute all visitors of one sandbox together may; 0 for no limit.",
        "300",
    ),
    Variable(
        "HEARWELL_EMBEDDING",
        "The folder of a sentence model (ONNX or safetensors, with its `tokenizer.json`) that "
        "`hearwell embed make` makes ready ([how](../how-to/understand-by-meaning.md)).",
        worked_out="an installed package that carries one, if there is any",
    ),
    Variable(
        "HEARWELL_LOG_FORMAT",
        "`json` writes one JSON object a line; anything else lines for people.",
        "text",
    ),
    Variable(
        "HEARWELL_METRICS",
        "Where Prometheus may ask for figures, such as `127.0.0.1:9464`: web answers there, the "
        "worker on the next port, the listener on the one after. Nobody else should reach it "
        "([how](../how-to/watch-over-it.md)).",
        worked_out="nowhere",
    ),
    Variable(
        "HEARWELL_TRACES",
        "The OpenTelemetry collector that traces are sent to (OTLP over HTTP), such as "
        "`http://127.0.0.1:4318` ([how](../how-to/watch-over-it.md)).",
        worked_out="nowhere",
    ),
    Variable(
        "HEARWELL_SMTP_URL",
        "The server by which Hearwell itself sends e-mail (digests, forgotten passwords): "
        "`smtps://name:password@host`, or `smtp://` for STARTTLS, which only a server on this "
        "machine may lack. Name and password are percent-encoded.",
    ),
    Variable(
        "HEARWELL_MAIL_FROM",
        "The address that such e-mail comes from.",
        worked_out="`hearwell@` and the host of HEARWELL_URL",
    ),
    Variable(
        "HEARWELL_EMAIL_BACKEND",
        "The Django class that sends e-mail.",
        worked_out="SMTP with HEARWELL_SMTP_URL, else the log",
    ),
    Variable(
        "HEARWELL_S3_ENDPOINT",
        "The S3-compatible store of `hearwell reports export s3://…`, such as "
        "`https://s3.example.com` ([how](../how-to/read-the-reports.md#in-tools-of-your-own)). "
        "One inside your own network must be in HEARWELL_EGRESS_ALLOW, too.",
        worked_out="`https://s3.REGION.amazonaws.com`",
    ),
    Variable("HEARWELL_S3_REGION", "The region that the store is asked for.", "us-east-1"),
    Variable("HEARWELL_S3_KEY_ID", "The id of our access key there. It needs `s3:PutObject` only."),
    Variable("HEARWELL_S3_SECRET_KEY", "Its secret. Never shown, never logged."),
    Variable(
        "HEARWELL_ROLE",
        "What this process is for: `web`, `worker`, `listen` or `migrate`. Set by the commands; "
        "only needed where you start Python yourself.",
        "worker",
    ),
    Variable("HEARWELL_DEBUG", "`1` shows errors in the browser. Never where others come.", "0"),
)
_DEFAULTS: Final = {variable.name: variable.default for variable in VARIABLES}


@dataclass(frozen=True, slots=True)
class Environment:
    """Every setting that is read from environment variables.

    `database_url` and its two siblings are empty when the embedded PostgreSQL
    below `data` is meant. The limits of the sandbox are acts a minute, 0 for none.
    """

    data: Path
    port: int
    bind: str
    role: ProcessRole
    url: str
    database_url: str
    database_worker_url: str
    database_owner_url: str
    egress_allow: tuple[str, ...]
    networks_at: Mapping[str, str]
    secret_key: str
    web_threads: int
    sandbox_visitor_per_minute: int
    sandbox_per_minute: int
    embedding: str
    has_json_logs: bool
    metrics: tuple[str, int] | None
    traces: str
    email_backend: str
    smtp_url: str
    mail_from: str
    s3_endpoint: str
    s3_signer: Signer
    debug: bool

    @property
    def is_embedded(self) -> bool:
        """Tell whether the database is our own child process."""
        return not self.database_url

    @property
    def host(self) -> str:
        """The host name people type, without the port."""
        return urlsplit(self.url).hostname or "localhost"

    @property
    def has_mail(self) -> bool:
        """Tell whether e-mail of our own reaches anybody."""
        return bool(self.smtp_url or self.email_backend)

    @property
    def is_https(self) -> bool:
        """Tell whether people reach us through TLS."""
        return self.url.startswith("https://")


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """Read the settings out of `variables` (default: the process' own).

    Raises EnvironmentRefusedError with a line for the operator.
    """
    given = os.environ if variables is None else variables

    def said(name: str) -> str:
        return given.get(name) or _DEFAULTS[name]

    def number(name: str, low: int, high: int) -> int:
        return _number(name, said(name), low, high)

    port, traces = number("PORT", 1, 65535), said("HEARWELL_TRACES")
    allowed = _origins(said("HEARWELL_EGRESS_ALLOW"))
    url = _origin("HEARWELL_URL", said("HEARWELL_URL") or f"http://localhost:{port}")
    region = _s3_word("HEARWELL_S3_REGION", said("HEARWELL_S3_REGION"))
    key_id = _s3_word("HEARWELL_S3_KEY_ID", said("HEARWELL_S3_KEY_ID"))
    return Environment(
        data=_data_folder(said("DATA"), given.get("XDG_DATA_HOME", "")),
        port=port,
        bind=said("HEARWELL_BIND"),
        role=_role(said("HEARWELL_ROLE")),
        url=url,
        database_url=said("DATABASE_URL"),
        database_worker_url=said("DATABASE_WORKER_URL"),
        database_owner_url=said("DATABASE_OWNER_URL"),
        egress_allow=allowed,
        networks_at=_networks_at(said("HEARWELL_NETWORKS_AT"), allowed, url),
        secret_key=said("HEARWELL_SECRET_KEY"),
        web_threads=number("HEARWELL_WEB_THREADS", 1, 256),
        sandbox_visitor_per_minute=number("HEARWELL_SANDBOX_VISITOR_PER_MINUTE", 0, 100_000),
        sandbox_per_minute=number("HEARWELL_SANDBOX_PER_MINUTE", 0, 1_000_000),
        embedding=said("HEARWELL_EMBEDDING"),
        has_json_logs=said("HEARWELL_LOG_FORMAT") == "json",
        metrics=_place("HEARWELL_METRICS", said("HEARWELL_METRICS")),
        traces=traces and _origin("HEARWELL_TRACES", traces),
        email_backend=said("HEARWELL_EMAIL_BACKEND"),
        smtp_url=_smtp(said("HEARWELL_SMTP_URL")),
        mail_from=said("HEARWELL_MAIL_FROM"),
        s3_endpoint=_s3_endpoint(said("HEARWELL_S3_ENDPOINT"), region),
        s3_signer=Signer(key_id, said("HEARWELL_S3_SECRET_KEY"), region),
        debug=said("HEARWELL_DEBUG") == "1",
    )


def _number(name: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        message = f"{name}={text} is not a number between {low} and {high}."
        raise EnvironmentRefusedError(message)
    return int(text)


def _place(name: str, text: str) -> tuple[str, int] | None:
    """Return (host, port) of what `host:port` says, None for nothing."""
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host:
        message = f"{name}={text} is no place such as 127.0.0.1:9464."
        raise EnvironmentRefusedError(message)
    return host.strip("[]"), _number(name, port, 1, 65_533)


def _smtp(text: str) -> str:
    parts = urlsplit(text)
    try:
        is_good = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        is_good = False
    if text and not is_good:
        message = "HEARWELL_SMTP_URL is no address such as smtps://name:password@mail.example.com."
        raise EnvironmentRefusedError(message)
    return text


def _s3_word(name: str, text: str) -> str:
    """Return what goes into a signature as it is; a refusal does not show it, it may be a key."""
    if not text.isascii() or not all(char.isalnum() or char in "-_.:" for char in text):
        message = f"{name} may have letters, digits and -_.: alone."
        raise EnvironmentRefusedError(message)
    return text


def _s3_endpoint(text: str, region: str) -> str:
    if "@" in text:
        message = (
            "HEARWELL_S3_ENDPOINT takes no name and no password: keys have their own variables."
        )
        raise EnvironmentRefusedError(message)
    return _origin("HEARWELL_S3_ENDPOINT", text or f"https://s3.{region}.amazonaws.com")


def _role(text: str) -> ProcessRole:
    try:
        return ProcessRole(text)
    except ValueError:
        message = f"HEARWELL_ROLE={text} is none of {', '.join(ProcessRole)}."
        raise EnvironmentRefusedError(message) from None


def _origin(name: str, text: str, schemes: Collection[str] = ("http", "https")) -> str:
    """Return scheme://host[:port] without a path, lower-cased."""
    parts = urlsplit(text)
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in schemes or not parts.hostname or not is_bare:
        message = f"{name}={text} is not an origin such as https://care.example.com."
        raise EnvironmentRefusedError(message)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _origins(text: str) -> tuple[str, ...]:
    words = text.replace(",", " ").split()
    return tuple(_origin("HEARWELL_EGRESS_ALLOW", word, _ALLOWED) for word in words)


def _networks_at(text: str, allowed: Collection[str], url: str) -> Mapping[str, str]:
    """Return network -> the origin that stands for it, which must be near or allowed.

    A house that serves people elsewhere has real accounts: near is not enough there, so that
    nobody's tokens and answers go to a stand-in that was left switched on. A name that is none
    would leave the real network spoken to.
    """
    found: dict[str, str] = {}
    near = _NEAR if urlsplit(url).hostname in _NEAR else frozenset()
    for word in text.replace(",", " ").split():
        network, _, address = word.partition("=")
        origin = _origin("HEARWELL_NETWORKS_AT", address)
        if network not in MOVABLE or network in found:
            message = (
                f"HEARWELL_NETWORKS_AT={word} does not name one of {', '.join(sorted(MOVABLE))},"
                " each once."
            )
            raise EnvironmentRefusedError(message)
        if urlsplit(origin).hostname not in near and origin not in allowed:
            message = (
                f"HEARWELL_NETWORKS_AT={word} is not at an address of this machine in a house of"
                " this machine, or at one named in HEARWELL_EGRESS_ALLOW, such as"
                " x=http://127.0.0.1:9001."
            )
            raise EnvironmentRefusedError(message)
        found[network] = origin
    return found


def _data_folder(text: str, xdg: str) -> Path:
    """Choose the data folder; as root never below a home, which is often 0700."""
    if text:
        return Path(text).expanduser().absolute()
    if os.geteuid() == 0:
        return ROOT_DATA
    shared = Path(xdg) if xdg else Path.home() / ".local" / "share"
    return shared / "hearwell"
