"""`packhorse doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

import psycopg

from packhorse.server import cluster
from packhorse.server.account import ClusterFailed
from packhorse.server.database import connect, embedded
from packhorse.server.home import given_address, home, public_address, vault_key
from packhorse.server.place import fits, place

LEAST_SPACE_MB: Final = 1024
OLDEST_POSTGRESQL: Final = 15


@dataclass(frozen=True)
class Finding:
    """The outcome of one check: `ok`; `note`, worth knowing; `wrong`, with what to do."""

    check: str
    state: Literal["ok", "note", "wrong"]
    what: str
    do: str = ""


def _home() -> Iterator[Finding]:
    folder = home()
    if not folder.is_dir():
        yield Finding("data folder", "wrong", f"{folder} does not exist", "Run packhorse init, or set PACKHORSE_HOME to where it is.")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("data folder", "wrong", f"{folder} is not ours to write to", "Run packhorse as the account that owns it.")
        return
    yield Finding("data folder", "ok", str(folder))
    free = shutil.disk_usage(folder).free // 2**20
    if free < LEAST_SPACE_MB:
        yield Finding("disk space", "wrong", f"{free:,} MB are left", f"Make room: at least {LEAST_SPACE_MB:,} MB.")
    else:
        yield Finding("disk space", "ok", f"{free:,} MB free")


def _secrets() -> Iterator[Finding]:
    folder = home() / "secrets"
    if not folder.is_dir():
        yield Finding("secrets", "wrong", "there are none", "Run packhorse init.")
        return
    open_ = [p.name for p in [folder, *folder.iterdir()] if stat.S_IMODE(p.stat().st_mode) & 0o077]
    if open_:
        yield Finding("secrets", "wrong", f"others can read {', '.join(open_)}", f"chmod -R go= '{folder}'")
    else:
        yield Finding("secrets", "ok", f"{len(list(folder.iterdir()))}, for their owner alone")


def _programs() -> Iterator[Finding]:
    if not embedded():
        return
    try:
        said = subprocess.run([cluster.binaries() / "postgres", "--version"], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError, ClusterFailed) as error:
        yield Finding("PostgreSQL's programs", "wrong", str(error), "Run make setup again, or name a server in DATABASE_URL.")
        return
    yield Finding("PostgreSQL's programs", "ok", said)
    at = place(home())
    if home().is_dir() and at.folder != home() / "cluster":
        yield Finding(
            "database files", "note", f"kept in {at.folder}, since the server's account cannot enter {home()}", "Count that folder in when copying files."
        )
    if not fits(at.sockets) and (home() / "cluster.json").exists():
        yield Finding("socket", "wrong", f"its path is too long: {at.sockets}", "Run any packhorse command: it finds a shorter one.")


def _database() -> Iterator[Finding]:
    try:
        if home().is_dir() or not embedded():
            cluster.ensure()
        with connect() as connection:
            row = connection.execute("SELECT current_setting('server_version_num')::int / 10000, current_setting('data_checksums'), current_setting('fsync')")
            major, checksums, fsync = row.fetchone() or (0, "", "")
    except ClusterFailed as error:
        yield Finding("database", "wrong", str(error), error.advice)
        return
    except psycopg.Error as error:
        advice = "Run packhorse init." if embedded() else "Check DATABASE_URL, and that its server runs and lets us in."
        yield Finding("database", "wrong", str(error).strip().splitlines()[0], advice)
        return
    if major < OLDEST_POSTGRESQL:
        yield Finding("database", "wrong", f"PostgreSQL {major} is too old", f"Use PostgreSQL {OLDEST_POSTGRESQL} or newer.")
        return
    yield Finding("database", "ok", f"PostgreSQL {major} answers" + (" (embedded)" if embedded() else ""))
    if fsync != "on":
        yield Finding("durability", "wrong", "fsync is off: a power cut loses or spoils data", "Turn fsync on, unless these are tests.")
    if checksums != "on":
        yield Finding("checksums", "note", "the server does not check its pages", "Stop it and run pg_checksums --enable.")
    yield from _contents()


def _contents() -> Iterator[Finding]:
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Finding("tables", "wrong", f"{len(missing)} migrations are not applied", "Run packhorse migrate (packhorse up does it by itself).")
        return
    yield Finding("tables", "ok", "up to date")
    for check in (_owner, _vault, _outbox, _jobs):
        yield from check()


def _owner() -> Iterator[Finding]:
    from packhorse.ground.people.selectors import has_owner

    yield Finding("owner", "ok", "there is one") if has_owner() else Finding("owner", "wrong", "nobody can log in", "Run packhorse init.")


def _vault() -> Iterator[Finding]:
    from packhorse.core import vault
    from packhorse.ground.people.models import SecondFactor

    found = list(SecondFactor.objects.all())
    if not vault_key():
        what = f"secrets/vault-key is missing, and {len(found)} second factors were sealed with it" if found else "secrets/vault-key is missing"
        do = f"Put back {home() / 'secrets' / 'vault-key'} from a backup (packhorse backup keeps it), and start again." if found else "Run packhorse init."
        yield Finding("stored credentials", "wrong", what, do)
        return
    sealed, lost = len(found), sum(not vault.opens(f"totp:{f.user_id}", f.sealed) for f in found)
    if lost:
        yield Finding(
            "stored credentials",
            "wrong",
            f"{lost} of {sealed} second factors were sealed with another vault key: who has them cannot sign in",
            f"Put back {home() / 'secrets' / 'vault-key'} from a backup (packhorse backup keeps it), and start again.",
        )
    else:
        yield Finding("stored credentials", "ok", f"{sealed} second factors, all of which open")


def _outbox() -> Iterator[Finding]:
    from django.db import connection

    from packhorse.core import clock

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FILTER (WHERE parked_at IS NOT NULL), count(*) FILTER (WHERE parked_at IS NULL), min(at) FROM core_outbox")
        parked, waiting, oldest = cursor.fetchone()
    if parked:
        yield Finding(
            "events", "wrong", f"{parked} were given up after repeated failures", "Look at them on the page of failed work, mend the cause, and retry them."
        )
    elif waiting and (clock.now() - oldest).total_seconds() > 60:
        yield Finding("events", "wrong", f"{waiting} wait, the oldest since {oldest:%Y-%m-%d %H:%M} UTC", "Nothing hands them over: run packhorse up.")
    else:
        yield Finding("events", "ok", f"{waiting} waiting, none given up")


def _jobs() -> Iterator[Finding]:
    from django.db import connection

    from packhorse.core.jobs import failed_count

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at < now() - interval '5 minutes')"
        )
        waiting = int(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'")
        workers = int(cursor.fetchone()[0])
    if failed := failed_count():
        yield Finding("jobs", "wrong", f"{failed} have failed", "Look at them on the page of failed work, mend the cause, and retry them.")
    elif waiting and not workers:
        yield Finding("jobs", "wrong", f"{waiting} wait and no worker runs", "Run packhorse up.")
    else:
        yield Finding("jobs", "ok", f"{waiting} waiting, none failed, {workers} workers")


def _safety() -> Iterator[Finding]:
    hosts = os.environ.get("PACKHORSE_HOSTS", "")
    if hosts and os.environ.get("PACKHORSE_TLS") != "1":
        yield Finding("TLS", "note", f"served as {hosts} without TLS: passwords travel in the clear", "Put a TLS proxy in front and set PACKHORSE_TLS=1.")


def _address() -> Iterator[Finding]:
    try:
        said = given_address()
    except ValueError as error:
        yield Finding("address", "wrong", str(error), "Set PACKHORSE_URL, or run packhorse init --url https://….")
        return
    served = os.environ.get("PACKHORSE_HOSTS", "")
    if said is None and served:
        yield Finding("address", "wrong", f"links in mails go to {public_address()}, which customers cannot reach", "Run packhorse init --url https://….")
    elif said is not None and said.startswith("http:") and urlsplit(said).hostname not in ("localhost", "127.0.0.1", "::1"):
        yield Finding("address", "note", f"links in mails go to {said}, without TLS", "Put a TLS proxy in front and run packhorse init --url https://….")
    else:
        yield Finding("address", "ok", f"links in mails go to {said or public_address()}")


CHECKS: Final[tuple[Callable[[], Iterator[Finding]], ...]] = (_home, _secrets, _programs, _address, _database, _safety)


def examine() -> list[Finding]:
    """All checks, in the order in which one would mend things; one that itself breaks is a finding too."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += check()
        except Exception as error:
            found.append(Finding(check.__name__.strip("_"), "wrong", f"{type(error).__name__}: {error}".splitlines()[0], "Please report this."))
    return found


def _print(found: list[Finding]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    styles = {"ok": "green", "note": "yellow", "wrong": "bold red"}
    for f in found:
        console.print(Text.assemble((f"{f.state:<6}", styles[f.state]), f"{f.check}: {f.what}"))
        if f.do and f.state != "ok":
            console.print(Text(f"      {f.do}"))


def run(arguments: list[str]) -> int:
    """0 when nothing is wrong, 1 when something is."""
    parser = argparse.ArgumentParser(prog="packhorse doctor", description="Say what is wrong with this installation and what to do.")
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    options = parser.parse_args(arguments)
    found = examine()
    well = all(f.state != "wrong" for f in found)
    if options.json:
        sys.stdout.write(json.dumps({"well": well, "findings": [asdict(f) for f in found]}) + "\n")
    else:
        _print(found)
    return 0 if well else 1
