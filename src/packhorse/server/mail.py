"""Where mail goes: PACKHORSE_SMTP, else files in the data folder."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from packhorse.server.home import home


def mail_settings() -> dict[str, Any]:
    """Django's mail settings.

    `PACKHORSE_SMTP` is `smtp://user:password@host:587` (STARTTLS), `smtps://…:465` (TLS from the start) or `smtp+plain://host:25` (neither, for a relay on this machine);
    without it mails are written to `<home>/mail`. `PACKHORSE_MAIL_FROM` is the sender's address.
    """
    sender = {"DEFAULT_FROM_EMAIL": os.environ.get("PACKHORSE_MAIL_FROM", "orders@packhorse.invalid"), "EMAIL_TIMEOUT": 20}
    url = urlsplit(os.environ.get("PACKHORSE_SMTP", ""))
    if not url.hostname:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": str(home() / "mail"), **sender}
    secure = url.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": url.scheme == "smtp",
        **sender,
    }
