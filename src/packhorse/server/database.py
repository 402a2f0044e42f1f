"""Which database: DATABASE_URL, else the embedded cluster in the data folder."""

from __future__ import annotations

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from packhorse.server.home import home


def conninfo() -> dict[str, str]:
    """Connection parameters as libpq names them. PACKHORSE_DATABASE, where set, replaces the database's name."""
    url = os.environ.get("DATABASE_URL")
    info = (
        {k: str(v) for k, v in conninfo_to_dict(url).items()}
        if url
        else {"host": str(home() / "run"), "port": "5432", "user": "packhorse", "dbname": "packhorse"}
    )
    if name := os.environ.get("PACKHORSE_DATABASE"):
        info["dbname"] = name
    return info


def database_settings() -> dict[str, Any]:
    info = conninfo()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": info.pop("dbname", "packhorse"),
        "USER": info.pop("user", ""),
        "PASSWORD": info.pop("password", ""),
        "HOST": info.pop("host", ""),
        "PORT": info.pop("port", ""),
        "OPTIONS": {**info, "options": "-c timezone=UTC"},
        "CONN_HEALTH_CHECKS": False,
        "TEST": {"NAME": os.environ.get("PACKHORSE_TEST_DATABASE", "packhorse_test")},
    }
