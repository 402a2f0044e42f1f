"""Which database: DATABASE_URL, else the embedded cluster in the data folder."""

from __future__ import annotations

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from packhorse.server.home import home
from packhorse.server.place import PORT, place


def embedded() -> bool:
    """Whether this installation keeps its own PostgreSQL."""
    return not os.environ.get("DATABASE_URL")


def conninfo() -> dict[str, str]:
    """Connection parameters as libpq names them. PACKHORSE_DATABASE, where set, replaces the database's name."""
    url = os.environ.get("DATABASE_URL")
    info = (
        {k: str(v) for k, v in conninfo_to_dict(url).items()}
        if url
        else {"host": str(place(home()).sockets), "port": str(PORT), "user": "packhorse", "dbname": "packhorse"}
    )
    if name := os.environ.get("PACKHORSE_DATABASE"):
        info["dbname"] = name
    return info


def database_settings() -> dict[str, Any]:
    """Django's settings. PACKHORSE_POOL: how many connections a process keeps at most; without it each thread has its own."""
    info = conninfo()
    options: dict[str, Any] = {}
    if size := int(os.environ.get("PACKHORSE_POOL") or 0):
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": info.pop("dbname", "packhorse"),
        "USER": info.pop("user", ""),
        "PASSWORD": info.pop("password", ""),
        "HOST": info.pop("host", ""),
        "PORT": info.pop("port", ""),
        "OPTIONS": {**info, "options": f"{info.get('options', '')} -c timezone=UTC".strip(), **options},
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": bool(options),
        "TEST": {"NAME": os.environ.get("PACKHORSE_TEST_DATABASE", "packhorse_test")},
    }
