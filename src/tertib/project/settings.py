"""One installation: everything that differs between two of them comes from the environment.

TERTIB_DATA   the data folder           DATABASE_URL  postgresql://… instead of the file there
TERTIB_URL    the address people type; https:// turns on what only makes sense behind TLS
"""

import os
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

from django.utils.csp import CSP

from tertib.project import database
from tertib.vault import keyring

PACKAGE = Path(__file__).resolve().parents[1]
BASE_DIR = PACKAGE.parents[1]  # the checkout; nothing that a wheel needs stands there

DATA = Path(os.environ.get("TERTIB_DATA") or "~/.local/share/tertib").expanduser().absolute()
KEYRING = DATA / "keyring"
BACKUPS = DATA / "backups"
LOGS = DATA / "log"
MEDIA_ROOT = DATA / "files"

# Without a keyring (linters, type checkers) nothing is signed that must be read again.
SECRET_KEY = keyring.derive(KEYRING, "django") if KEYRING.exists() else token_urlsafe(48)
SECRET_KEY_FALLBACKS = keyring.fallbacks(KEYRING, "django") if KEYRING.exists() else []

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["tertib.people.auth.ByEmail"]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "/"
ROOT_URLCONF = "tertib.project.urls"
WSGI_APPLICATION = "tertib.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORMS_URLFIELD_ASSUME_HTTPS = True

USE_TZ = True
TIME_ZONE = "UTC"  # pages show the site's zone
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]

DATABASES = {"default": database.configured(os.environ.get("DATABASE_URL"), DATA)}

INSTALLED_APPS = [
    "tertib.ui",
    "tertib.vault",
    "tertib.audit",
    "tertib.jobs",
    "tertib.evidence",
    "tertib.notify",
    "tertib.people",
    "tertib.sop",
    "tertib.work",
    "tertib.agents",
    "tertib.inventory",
    "tertib.keep",
    "tertib.governance",
    "tertib.compliance",
    "tertib.reports",
    "django.contrib.auth",  # after ours: the words of an earlier app win
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tertib.agents.middleware.AgentsAtTheRoot",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tertib.ui.middleware.Language",
    "tertib.sop.middleware.OneLaw",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tertib.people.middleware.SessionLimits",
    "tertib.people.middleware.SecondFactor",
    "tertib.ui.middleware.LocalTime",
    "tertib.people.middleware.BearerToken",
    "tertib.ui.middleware.ShowRefusal",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "tertib.ui.context.shell",
            ],
            "builtins": [
                "tertib.ui.templatetags.tertib",
                "django.templatetags.static",
                "django.templatetags.i18n",
            ],
        },
    }
]
LOCALE_PATHS = [PACKAGE / "cli" / "locale"]  # the one room with words that is no app
TASKS = {
    "default": {"BACKEND": "tertib.jobs.backend.Leased", "QUEUES": ["tick", "mail", "heavy"]},
}

STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "built"  # made by `tertib assets`, shipped in the wheel
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Networks that pushes and chats may go to although they lie inside: 127.0.0.0/8,10.0.0.0/8
OUTGOING_ALLOWED = [n for n in os.environ.get("TERTIB_OUTGOING_ALLOWED", "").split(",") if n]

# What a form may carry; an agent's report and an import have limits of their own, read by stream.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_PERMISSIONS = 0o600

PASSWORD_HASHERS = ["tertib.people.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "full_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Without TERTIB_URL the house does not know its name yet and answers to every one: no link that
# leaves the house is made from the Host header.
URL = os.environ.get("TERTIB_URL", "").rstrip("/")
BEHIND_TLS = URL.startswith("https://")
ALLOWED_HOSTS = [urlsplit(URL).hostname or "", "localhost", "127.0.0.1", "[::1]"] if URL else ["*"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if BEHIND_TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session" if BEHIND_TLS else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "tertib.people.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # the absolute limit; the idle one is people's
CSRF_COOKIE_HTTPONLY = True  # htmx takes the token from the page
CSRF_FAILURE_VIEW = "tertib.ui.errors.csrf_failure"
OURS = ("style", "script", "font", "img", "connect", "media", "worker", "manifest")
SECURE_CSP = {
    "default-src": [CSP.NONE],
    **{f"{what}-src": [CSP.SELF] for what in OURS},
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_secret_paths": {"()": "tertib.project.logs.NoSecretPaths"}},
    "formatters": {"json": {"()": "tertib.project.logs.OneJsonLine"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["no_secret_paths"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "tertib": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
