"""What a person is asked for when a mailbox is connected."""

from __future__ import annotations

from collections.abc import Iterable

from hearwell.connect.connecting import Field, FieldKind, Step
from hearwell.connectors.email.mailbox import Security, SignIn

STEPS = (
    Step(
        "With Gmail, Yahoo, iCloud and many others, make an app password in the account's security"
        " settings: the ordinary password is not accepted by mail programs."
    ),
    Step("If the provider asks for it, allow IMAP in the mailbox's settings."),
)
_SECURITY = (
    (Security.TLS.value, "TLS from the start (usual)"),
    (Security.STARTTLS.value, "STARTTLS"),
    (Security.NONE.value, "None (only inside your own network)"),
)
_ADVANCED = (
    ("user", "User name", FieldKind.TEXT, "Where it is not the address."),
    ("imap_host", "IMAP server", FieldKind.TEXT, "Empty: we find it."),
    ("imap_port", "IMAP port", FieldKind.NUMBER, "Usually 993, with STARTTLS 143."),
    ("smtp_host", "SMTP server", FieldKind.TEXT, "Empty: we find it."),
    ("smtp_port", "SMTP port", FieldKind.NUMBER, "Usually 465, with STARTTLS 587."),
    ("folders", "Folders to read", FieldKind.TEXT, "Apart by commas. Empty: the inbox."),
    ("signature", "Signature", FieldKind.TEXT, "Put below every answer."),
    ("trusted", "Name of your checking server", FieldKind.TEXT,
     "As it signs its Authentication-Results. Empty: senders are shown as not checked."),
    ("forms", "Web forms", FieldKind.TEXT,
     "Addresses that write for others; their Reply-To is the customer."),
    ("history_days", "Days of old mail to bring in", FieldKind.NUMBER,
     "As history: nothing of it becomes due."),
    ("open_days", "Days of old mail to work on", FieldKind.NUMBER,
     "Mail of these last days comes in as new. Usually 0."),
    ("client_id", "OAuth2 client id", FieldKind.TEXT, ""),
    ("client_secret", "OAuth2 client secret", FieldKind.SECRET, ""),
    ("refresh", "OAuth2 refresh token", FieldKind.SECRET, ""),
    ("renews_at", "OAuth2 token address", FieldKind.ADDRESS, "Empty: the provider's own."),
)  # fmt: skip
_DEFAULTS = {"history_days": "30", "open_days": "0"}


def _fields() -> Iterable[Field]:
    yield Field(
        name="address", label="E-mail address", kind=FieldKind.EMAIL, example="support@example.com"
    )
    yield Field(
        name="name", label="Name on your mails", example="Northwind Air", is_required=False,
        hint="What customers see as the sender.",
    )  # fmt: skip
    yield Field(name="password", label="Password", kind=FieldKind.SECRET, is_required=False)
    yield Field(
        name="sign_in", label="Sign in with", kind=FieldKind.CHOICE, default=SignIn.PASSWORD.value,
        choices=((SignIn.PASSWORD.value, "Password"), (SignIn.OAUTH2.value, "OAuth2 tokens")),
        is_advanced=True,
    )  # fmt: skip
    for name, label, kind, hint in _ADVANCED:
        default = _DEFAULTS.get(name, "")
        yield Field(
            name=name, label=label, kind=kind, hint=hint, default=default, is_required=False,
            is_advanced=True,
        )  # fmt: skip
    for which in ("imap", "smtp"):
        yield Field(
            name=f"{which}_security", label=f"{which.upper()} encryption", kind=FieldKind.CHOICE,
            choices=(("", "We find it"), *_SECURITY), is_required=False, is_advanced=True,
        )  # fmt: skip
    yield Field(
        name="takes_plus", label="Our address takes additions after a plus sign",
        kind=FieldKind.CHECK, hint="Helps answers find their thread.", is_required=False,
        is_advanced=True,
    )  # fmt: skip


FIELDS = tuple(_fields())
