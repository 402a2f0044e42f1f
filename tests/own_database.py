"""A database of its own for tests whose rows are really committed (browsers, threads): a copy of the empty test database, dropped afterwards. Nothing is truncated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections
from django.test.utils import setup_databases


def admin(settings: dict[str, str]) -> psycopg.Connection:
    """A connection to the server of these settings, for what is done to whole databases."""
    keys = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    return psycopg.connect(dbname="postgres", autocommit=True, **{keys[k]: v for k, v in settings.items() if k in keys and v})  # type: ignore[arg-type]


@contextmanager
def _made(keep: bool) -> Iterator[None]:
    """The test database, where no other selected test asked for it (pytest-django then makes none, and the connection is still the real one's)."""
    creation: Any = connections["default"].creation
    if connections["default"].settings_dict["NAME"] == creation._get_test_db_name():
        yield
        return
    # It is left standing: a later test may ask pytest-django for it, which then makes it anew and drops it at the end; dropped here, it would be missed there.
    setup_databases(0, False, keepdb=keep, aliases=["default"], serialized_aliases=[])  # type: ignore[arg-type]
    yield


@contextmanager
def own_database(suffix: str, *, keep: bool) -> Iterator[str]:
    """Point Django's default connection at a fresh copy of the test database while the block runs; the copy's name. `keep`: whether the test database itself stays (--reuse-db)."""
    with _made(keep), _copied(suffix) as name:
        yield name


@contextmanager
def _copied(suffix: str) -> Iterator[str]:
    connection = connections["default"]
    settings = connection.settings_dict
    before = settings["NAME"]
    name = f"{before}_{suffix}"
    connections.close_all()
    with admin(settings) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{before}" STRATEGY FILE_COPY')
    settings["NAME"] = name
    try:
        yield name
    finally:
        connections.close_all()
        settings["NAME"] = before
        with admin(settings) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
