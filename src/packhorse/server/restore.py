"""`packhorse restore FILE`: a backup, read into an empty installation, and the erasures that are younger than it carried out again."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psycopg

from packhorse.core.rls import ROLE
from packhorse.server import cluster
from packhorse.server.backup import FOLDERS, FORMAT, BackupFailed, load, row_counts, sha256
from packhorse.server.database import connect, conninfo
from packhorse.server.home import home, make_home

#: Apps that earlier releases had: our own migrations take their tables over.
RETIRED: Final = frozenset({"otp_totp"})


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """One plain file, inside the folder, for us alone; a backup holds nothing else."""
    source = tar.extractfile(entry) if entry.isfile() else None
    if source is None or Path(entry.name).is_absolute() or ".." in Path(entry.name).parts:
        raise BackupFailed(f"{entry.name} does not belong into a backup")
    target = folder / entry.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup and check that it is whole; its manifest.

    Raises: BackupFailed.
    """
    try:
        with tarfile.open(file) as tar:
            for entry in tar:
                _extract(tar, entry, folder)
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    except (OSError, tarfile.TarError, ValueError) as error:
        raise BackupFailed(f"{file} is not a backup: {error}") from error
    if manifest.get("format") != FORMAT:
        raise BackupFailed(f"{file} has format {manifest.get('format')}; this release reads format {FORMAT}")
    for name, expected in manifest["sha256"].items():
        member = folder / name
        if not member.is_file() or sha256(member) != expected:
            raise BackupFailed(f"{name} in {file} is damaged")
    return manifest


def _unknown(manifest: dict[str, Any]) -> list[str]:
    """Migrations of the backup that this release does not have."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    known = {f"{app}.{name}" for app, name in MigrationLoader(connection).disk_migrations}
    return [name for name in manifest["migrations"] if name not in known and name.split(".")[0] not in RETIRED]


def _empty() -> str | None:
    """What stands in the way: the installation is not empty."""
    with connect() as connection:
        if tables := row_counts(connection):
            return f"the database {conninfo()['dbname']} has {len(tables)} tables already"
    files = home() / "files"
    return f"{files} is not empty" if files.is_dir() and any(files.iterdir()) else None


def read(file: Path) -> dict[str, Any]:
    """Restore a backup into this installation; its manifest.

    Raises: BackupFailed; then the database is as empty as before.
    """
    with tempfile.TemporaryDirectory(dir=make_home(), prefix=".restore-") as name:
        folder = Path(name)
        manifest = unpack(file, folder)
        if reason := _empty():
            raise BackupFailed(f"{reason}; restore into a new data folder (PACKHORSE_HOME) or an empty database")
        import django

        django.setup()
        if newer := _unknown(manifest):
            raise BackupFailed(f"it was made by a newer release (it knows {newer[-1]}); install that one")
        with connect(autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(f"CREATE ROLE {ROLE} NOLOGIN".encode())
        load(folder / "database.dump", conninfo()["dbname"])
        with connect() as connection:
            found = row_counts(connection)
        if found != manifest["rows"]:
            raise BackupFailed("the restored tables do not hold as many rows as the backup says")
        for part in FOLDERS:
            if (folder / part).is_dir():
                shutil.rmtree(home() / part, ignore_errors=True)
                shutil.move(folder / part, home() / part)
                (home() / part).chmod(0o700)
    from packhorse.server.prepare import migrate

    migrate()
    return manifest


def erase_again(listed: Path | None) -> int:
    """Carry out the erasures of a list (else of the data folder's own), and what retention asks for by now; how many addresses still held something.

    Raises: ValueError for a file that is no list of erasures.
    """
    from packhorse.core.actors import system
    from packhorse.ground.places import erasures, services as places
    from packhorse.ground.places.jobs import erase_old

    own = erasures.place()
    asked = erasures.read(listed or own) if listed or own.exists() else []
    erased = len(places.erase_addresses(key=uuid4(), actor=system("restore"), address_ids=asked)) if asked else 0
    if listed and listed.resolve() != own.resolve() and asked:
        erasures.note(asked)
    erase_old(key=uuid4())
    return erased


def run(arguments: list[str]) -> int:
    """0 when everything is there again, 1 when it was refused or failed."""
    parser = argparse.ArgumentParser(prog="packhorse restore", description="Read a backup into an empty installation.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--erasures", type=Path, help="erasures.jsonl of the installation that was backed up: what people asked for since then is erased again")
    parser.add_argument("--json", action="store_true", help="answer with the manifest")
    options = parser.parse_args(arguments)
    if options.erasures and not options.erasures.is_file():
        sys.stderr.write(f"Nothing was restored: there is no file {options.erasures}\n")
        return 1
    cluster.ensure()
    try:
        manifest = read(options.file)
        erased = erase_again(options.erasures)
    except (BackupFailed, psycopg.Error) as error:
        sys.stderr.write(f"Nothing was restored: {error}\n")
        return 1
    except ValueError as error:
        sys.stderr.write(f"The backup is restored, but no erasure was carried out again: {error}\n")
        return 1
    if options.json:
        sys.stdout.write(json.dumps(manifest) + "\n")
        return 0
    sys.stdout.write(f"Restored {sum(manifest['rows'].values()):,} rows in {len(manifest['rows'])} tables, as of {manifest['made_at']}.\n")
    if erased:
        sys.stdout.write(f"Erased again, as after the backup: {erased:,} of the addresses.\n")
    elif not options.erasures:
        sys.stdout.write(
            "Erasures that people asked for after the backup are not in it: packhorse restore --erasures FILE carries them out (erasures.jsonl of the old data folder).\n"
        )
    if not any(name.startswith("secrets/") for name in manifest["sha256"]):
        sys.stdout.write(f"The backup holds no secrets: put the old ones into {home() / 'secrets'} before starting.\n")
    return 0
