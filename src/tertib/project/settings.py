from pathlib import Path

from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parents[3]
SECRET_KEY = "example-only"
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "/masuk"
ROOT_URLCONF = "tertib.project.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"  # pages show the site's zone
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "db.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "tertib.ui",
    "tertib.vault",
    "tertib.audit",
    "tertib.jobs",
    "tertib.evidence",
    "tertib.people",
    "tertib.sop",
    "tertib.agents",
    "tertib.inventory",
    "tertib.keep",
    "tertib.compliance",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tertib.people.middleware.BearerToken",
    "tertib.ui.middleware.ShowRefusal",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
OURS = ("style", "script", "font", "img", "connect", "media", "worker", "manifest")
SECURE_CSP = {
    "default-src": [CSP.NONE],
    **{f"{what}-src": [CSP.SELF] for what in OURS},
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
