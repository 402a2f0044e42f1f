"""Which database: DATABASE_URL, else the embedded cluster in the data folder."""

from __future__ import annotations

import os
from typing import Any

import psycopg
import psycopg.sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from packhorse.core import arrays
from packhorse.server.home import home
from packhorse.server.place import PORT, place

arrays.register()


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


def connect(dbname: str | None = None, *, autocommit: bool = False) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection of one's own, beside Django's; to another database of the same server, if one is named."""
    info = conninfo() | ({"dbname": dbname} if dbname else {})
    return psycopg.connect(make_conninfo(**{"connect_timeout": "10", **info}), autocommit=autocommit)


def make_database() -> None:
    """Make the database if its server has none of that name.

    Raises: psycopg.Error if the server is away, or does not let us.
    """
    name = conninfo()["dbname"]
    try:
        connect().close()
    except psycopg.OperationalError as error:
        if f'database "{name}" does not exist' not in str(error):
            raise
        with connect("postgres", autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))


def database_settings() -> dict[str, Any]:
    """Django's settings. PACKHORSE_POOL: how many connections a process keeps at most; without it each thread has its own."""
    info = conninfo()
    # Parameters go to the server apart from the statement, so that what is said often is prepared once: planning is half the cost of a short statement.
    options: dict[str, Any] = {"server_side_binding": True}
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
