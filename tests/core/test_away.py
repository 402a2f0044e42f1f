"""A database that went away is told from one that refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from packhorse.core.away import is_away
from packhorse.server.database import connect


@pytest.fixture
def line(db: None) -> Iterator[psycopg.Connection]:
    with closing(connect(connection.settings_dict["NAME"], autocommit=True)) as made:
        yield made


def test_a_connection_that_was_cut_is_away(line: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error) as cut:
        line.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert is_away(cut.value)
    with pytest.raises(psycopg.OperationalError) as closed:
        line.execute("SELECT 1")
    assert is_away(closed.value)
    as_django_says_it = OperationalError("gone")
    as_django_says_it.__cause__ = closed.value
    assert is_away(as_django_says_it)
    assert is_away(InterfaceError("connection already closed"))


def test_a_server_that_is_not_there_is_away() -> None:
    with pytest.raises(psycopg.OperationalError) as nobody:
        psycopg.connect(host="/nowhere", connect_timeout=1)
    assert is_away(nobody.value)


def test_a_refusal_is_not(line: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error) as lock:
        line.execute("SET lock_timeout = 'nonsense'")
    assert not is_away(lock.value)
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        connection.cursor().execute("INSERT INTO catalog_client (code) VALUES (NULL)")
    assert not is_away(broken.value)
    assert not is_away(RuntimeError())
    assert not is_away(None)
