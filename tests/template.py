"""The empty test database, migrated once and kept: each run of the tests, and each process of one, begins with a copy. Its name tells what it was made of; where that changes, it is made anew."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import django
from django.core.management import call_command
from django.db import connections
from psycopg import sql

import packhorse
from tests.own_database import admin

_PREFIX: Final = "packhorse_template_"
_LOCK: Final = 7224  # processes that start at the same moment: one makes it, the others wait


def _made_of() -> str:
    """A digest of the migrations, of what they are written with, and of who carries them out."""
    house = Path(packhorse.__file__).parent
    sources = sorted([*house.rglob("migrations/*.py"), *(house / "core").glob("*.py"), house / "server" / "settings.py"])
    digest = hashlib.sha256(f"{django.VERSION}".encode())
    for source in sources:
        digest.update(f"{source.relative_to(house)}\0".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def template() -> str:
    """The name of the migrated database, made if there is none yet; those of other migrations are dropped."""
    settings = connections["default"].settings_dict
    name = _PREFIX + _made_of()
    with admin(settings) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        kept = {row[0] for row in server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_PREFIX])}
        if name in kept:
            return name
        for other in kept:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(other)))
        making = f"{_PREFIX}in_the_making"
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
        before, settings["NAME"] = settings["NAME"], making
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            connections.close_all()
            settings["NAME"] = before
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name)))
    return name
