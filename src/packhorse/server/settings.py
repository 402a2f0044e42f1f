"""Django settings. Nothing secret is written here: secrets live in the data folder, made by `packhorse init`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from packhorse.server.database import database_settings
from packhorse.server.home import secret_key

PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = secret_key()
ALLOWED_HOSTS = [h for h in os.environ.get("PACKHORSE_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
BEHIND_TLS = os.environ.get("PACKHORSE_TLS") == "1"

INSTALLED_APPS = [
    "packhorse.core",
    "packhorse.ground.people",
    "packhorse.ground.catalog",
    "packhorse.ground.places",
    "packhorse.ground.warehouse",
    "packhorse.ground.files",
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
    "django_otp.plugins.otp_totp",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
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
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
