"""Makes the database and the static files ready for this release: run once, before the processes that need them."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import django
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from packhorse.core import clock
from packhorse.server.database import connect
from packhorse.server.home import home, make_vault_key, vault_key


def migrate() -> None:
    """Bring the tables up to date, make the partitions of the coming months and, where nothing is sealed yet, the vault's key; several at once wait for each other."""
    from packhorse.core import partitions

    with connect(autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('packhorse.migrate'))")
        call_command("migrate", verbosity=0, interactive=False)
        partitions.ahead(clock.now().date())
        _make_vault_key()


def _make_vault_key() -> None:
    """The key of a new installation. One that was lost is not made anew: nothing that was sealed would open."""
    from packhorse.ground.people.models import SecondFactor

    if not vault_key() and not SecondFactor.objects.exists():
        make_vault_key()


def _print() -> str:
    """What the static files are like, as a hash of their paths, sizes and times."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect() -> None:
    """Collect the static files into the data folder under hashed names, unless they are there already."""
    stamp = home() / "static" / ".print"
    print_ = _print()
    if not stamp.exists() or stamp.read_text() != print_:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(print_)


def greet() -> None:
    """Say so if nobody can log in yet."""
    from packhorse.ground.people.selectors import has_owner

    if not has_owner():
        sys.stdout.write("nobody can log in yet: run packhorse init\n")


def main() -> None:
    os.environ["PACKHORSE_STATIC"] = "collected"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
    django.setup()
    migrate()
    collect()
    greet()


if __name__ == "__main__":
    main()
