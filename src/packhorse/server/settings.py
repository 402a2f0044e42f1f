"""Django settings. Nothing secret is written here: secrets live in the data folder, made by `packhorse init`."""

from __future__ import annotations

import datetime as dt
import gc
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from packhorse.server.database import database_settings
from packhorse.server.home import home, public_address, secret_key, vault_key
from packhorse.server.logs import configure as configure_logging
from packhorse.server.mail import mail_settings

gc.disable()  # loading makes only what stays: looking for garbage in it took a third of the start (core.apps goes on)

PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = secret_key()
PACKHORSE_VAULT_KEY = SimpleLazyObject(vault_key)  # a new installation makes it with its tables
PACKHORSE_URL = public_address()
ALLOWED_HOSTS = [*(h for h in os.environ.get("PACKHORSE_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h), urlsplit(PACKHORSE_URL).hostname or "localhost"]
BEHIND_TLS = os.environ.get("PACKHORSE_TLS") == "1"

INSTALLED_APPS = [
    "packhorse.core",
    "packhorse.ground.people",
    "packhorse.ground.catalog",
    "packhorse.ground.places",
    "packhorse.ground.warehouse",
    "packhorse.ground.files",
    "packhorse.ground.equipment",
    "packhorse.ground.carriers",
    "packhorse.ground.payments",
    "packhorse.ground.messages",
    "packhorse.steps.inventory",
    "packhorse.steps.orders",
    "packhorse.steps.picking",
    "packhorse.steps.packing",
    "packhorse.steps.shipping",
    "packhorse.steps.delivery",
    "packhorse.steps.returns",
    "packhorse.roof.desk",
    "packhorse.roof.insights",
    "packhorse.roof.simulation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "axes",
    "django_otp",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "packhorse.core.web.programs.ForPeople",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "packhorse.ground.people.sign_in.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "packhorse.core.web.programs.EndForPeople",
    "packhorse.core.web.wall.WallMiddleware",
]

ROOT_URLCONF = "packhorse.server.urls"
WSGI_APPLICATION = "packhorse.server.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": database_settings()}
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "packhorse.ground.people.sign_in.BadgeBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "packhorse.ground.people.sign_in.locked_out"
AXES_SENSITIVE_PARAMETERS = ["password", "badge", "pin", "token", "csrfmiddlewaretoken"]
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
MEDIA_ROOT = home() / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
#: `packhorse up` collects the static files into the data folder and serves them under hashed names; everything else finds them where they are.
COLLECTED = os.environ.get("PACKHORSE_STATIC") == "collected"
STATIC_ROOT = home() / "static" if COLLECTED else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage" if COLLECTED else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED

SESSION_ENGINE = "packhorse.core.web.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "packhorse.core.web.errors.csrf_failed"
FORM_RENDERER = "packhorse.core.web.widgets.Renderer"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

globals().update(mail_settings())
#: What computers at benches are asked to print, one file each (ground.equipment).
PACKHORSE_BOXES = home() / "boxes"
#: Erasures that people asked for, kept outside the database (ground.places.erasures).
PACKHORSE_ERASURES = home() / "erasures.jsonl"
#: Where the built-in sender of text messages writes them.
PACKHORSE_SMS_FILE = str(home() / "sms" / "sent.jsonl")

#: Lookups that pages and API make in rooms that core may not import; each is a dotted path.
PACKHORSE_KEY_LOOKUP = "packhorse.ground.people.selectors.actor_for_key"
PACKHORSE_NAMES_LOOKUP = "packhorse.ground.people.selectors.names"
PACKHORSE_ORDER_PAGE = "packhorse.roof.desk.pages.order"
PACKHORSE_ZONE_LOOKUP = "packhorse.ground.warehouse.selectors.time_zone"
PACKHORSE_CLIENT_CHOICES = "packhorse.ground.catalog.selectors.client_choices"
PACKHORSE_WAREHOUSE_CHOICES = "packhorse.ground.warehouse.selectors.warehouse_choices"
#: API requests a minute for each user or key, in each worker.
PACKHORSE_API_RATE = int(os.environ.get("PACKHORSE_API_RATE", "6000"))
#: The organisation's GS1 company prefix; until it has one, one for demonstrations (core.sscc).
PACKHORSE_GS1_PREFIX = os.environ.get("PACKHORSE_GS1_PREFIX", "9521234")
PACKHORSE_METRICS_TOKEN = os.environ.get("PACKHORSE_METRICS_TOKEN", "")

if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

LOGGING_CONFIG = None
configure_logging()

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
