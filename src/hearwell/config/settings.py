"""Django's settings. What an operator may change is in `environment.py`, not here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from hearwell.config import logs
from hearwell.config.environment import read_environment
from hearwell.config.mail import mail_settings
from hearwell.config.secrets import django_secret_key
from hearwell.config.serving import settings_of

ENVIRONMENT = read_environment()
PACKAGE = Path(__file__).resolve().parent.parent
DATA = ENVIRONMENT.data

DEBUG = ENVIRONMENT.debug
SECRET_KEY = django_secret_key(ENVIRONMENT)
ROOT_URLCONF = "hearwell.config.urls"
WSGI_APPLICATION = "hearwell.config.wsgi.application"

# The capabilities that have tables or templates, from the ground up.
OUR_APPS = (
    "events",
    "accounts",
    "channels",
    "contacts",
    "webchat",
    "outbound",
    "conversations",
    "triage",
    "routing",
    "sla",
    "listening",
    "knowledge",
    "secondopinion",
    "escalation",
    "board",
    "guard",
    "powers",
    "strategy",
    "spikes",
    "commerce",
    "promotions",
    "waits",
    "quality",
    "inbox",
    "automation",
    "surveys",
    "watching",
    "reports",
    "benchmarks",
    "scheduledreports",
    "outcomes",
    "voice",
    "notifications",
    "integrations",
    "privacy",
    "sandbox",
    "api",
    "ops",
    "web",
)
INSTALLED_APPS = [
    *(f"hearwell.{name}" for name in OUR_APPS),
    "hearwell.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # the list of passkeys says "two days ago"
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
    "ninja",
]

MIDDLEWARE = [
    "hearwell.config.middleware.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hearwell.accounts.middleware.WorkspaceMiddleware",
    "hearwell.accounts.middleware.LanguageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "csp.context_processors.nonce",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hearwell.web.context.shell",
            ],
        },
    }
]

# --- Data ----------------------------------------------------------------------------

# What a fork takes on anew with its role.
_OF_ROLE = settings_of(ENVIRONMENT)
DATABASES: dict[str, dict[str, Any]] = _OF_ROLE["DATABASES"]
HEARWELL_ROLE: str = _OF_ROLE["HEARWELL_ROLE"]
HEARWELL_EGRESS_ALLOW: tuple[str, ...] = _OF_ROLE["HEARWELL_EGRESS_ALLOW"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What counts attempts to sign in: one table, so that the limits hold for all processes together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_limit",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- People --------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# The same answer whether an address is known or not.
ACCOUNT_PREVENT_ENUMERATION = True
# For allauth's own pages, and for our links and invitations.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "10/m/ip,3/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "link": "20/m/ip",
    "invite": "30/m/user",
}
# A letter that resets a password works for an hour, once: it dies with the password it replaces.
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_ADAPTER = "hearwell.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "hearwell.accounts.factorsealing.FactorAdapter"
SESSION_ENGINE = "hearwell.accounts.factorsealing"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Hearwell"
MFA_TOTP_TOLERANCE = 1  # as accounts.codes, which takes each code once
MFA_FORMS = {
    "authenticate": "hearwell.accounts.codes.SignInCode",
    "reauthenticate": "hearwell.accounts.codes.AgainCode",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.is_https

# --- The front door ------------------------------------------------------------------

# OriginMiddleware sends people who used an address to the name; only these get that far.
ALLOWED_HOSTS = list(dict.fromkeys([ENVIRONMENT.host, "localhost", "127.0.0.1", "[::1]"]))
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url]
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hearwell.web.errors.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.is_https else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ENVIRONMENT.is_https:
    # uvicorn takes the scheme from the proxy's header, and only from a proxy on this machine.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Files, words, time --------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "hearwell.config.staticfiles.HashedFiles"},
}
MEDIA_ROOT = DATA / "media"
# Hashed names never change their content: let browsers keep them for a year.
WHITENOISE_MAX_AGE = 365 * 24 * 3600
LANGUAGE_CODE = "en"
# Each in its own words: who seeks theirs may read no other.
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# --- Ours ----------------------------------------------------------------------------

HEARWELL_URL = ENVIRONMENT.url
HEARWELL_DATA = DATA
HEARWELL_EMBEDDING = ENVIRONMENT.embedding
HEARWELL_EMBEDDING_FOLDER = DATA / "embedding"
HEARWELL_KEYS = HEARWELL_KEYS_DIR = DATA / "keys"

# For exports; the signer does not show its secret.
HEARWELL_S3_AT = ENVIRONMENT.s3_endpoint
HEARWELL_S3_BY = ENVIRONMENT.s3_signer

HEARWELL_HAS_MAIL = ENVIRONMENT.has_mail
_MAIL = mail_settings(ENVIRONMENT)
EMAIL_BACKEND = _MAIL.pop("EMAIL_BACKEND")
globals().update(_MAIL)  # host, port, sender
LOGGING = logs.configure(is_json=ENVIRONMENT.has_json_logs)
