"""A backup brings everything back, into an empty installation only."""

from __future__ import annotations

import json
import os
import stat
import tarfile
from pathlib import Path

import pytest

from tests.server.installations import Install, Installation


def owners(installation: Installation) -> str:
    done = installation.run(
        "shell", "--no-imports", "-c", "from packhorse.ground.people.models import User; print(*User.objects.values_list('username', flat=True))"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def old(install: Install, ready: Installation) -> Installation:
    """An installation with an owner, a secret and a file."""
    made = install("old").like(ready)
    (made.home / "files" / "ab").mkdir(parents=True)
    (made.home / "files" / "ab" / "abcd").write_bytes(b"a label")
    return made


def test_what_is_backed_up_comes_back(old: Installation, install: Install, folder: Path) -> None:
    backup = folder / "the backup.tar"
    done = old.run("backup", str(backup), "--json")
    assert done.returncode == 0, done.stderr
    manifest = json.loads(done.stdout)
    assert manifest["verified"]
    assert manifest["rows"]["people_user"] == 1
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600

    new = install("new")
    done = new.run("restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert owners(new) == "ines"
    assert (new.home / "files/ab/abcd").read_bytes() == b"a label"
    assert (new.home / "secrets/django-key").read_text() == (old.home / "secrets/django-key").read_text()
    assert stat.S_IMODE((new.home / "secrets/django-key").stat().st_mode) == 0o600
    assert new.run("doctor").returncode == 0

    again = new.run("restore", str(backup))
    assert again.returncode == 1
    assert "tables already" in again.stderr
    assert owners(new) == "ines"


def test_a_damaged_backup_is_refused(old: Installation, install: Install, folder: Path) -> None:
    backup = folder / "backup.tar"
    assert old.run("backup", str(backup), "--unverified", "--without-secrets").returncode == 0
    with tarfile.open(backup) as tar:
        assert sorted(tar.getnames()) == ["database.dump", "files/ab/abcd", "manifest.json"]
        at = tar.getmember("database.dump").offset_data + 5000
    with backup.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))
    new = install("new")
    done = new.run("restore", str(backup))
    assert done.returncode == 1
    assert "database.dump" in done.stderr
    assert "damaged" in done.stderr
    assert not (new.home / "files").exists()


def test_a_file_that_is_no_backup_is_refused(install: Install, folder: Path) -> None:
    (folder / "letter.txt").write_text("dear all")
    done = install("new").run("restore", os.fspath(folder / "letter.txt"))
    assert done.returncode == 1
    assert "is not a backup" in done.stderr


KEEP = """
from django.db import transaction
from packhorse.ground.places.services import create_address
from packhorse.ground.places.types import AddressData, NewAddress
with transaction.atomic():
    print(*(create_address(NewAddress(data=AddressData(name=n, line1='1 Road', city='Leeds', postal_code='LS1 1AA', country='GB'))) for n in ('Ada', 'Ben', 'Cy')))
"""
ERASE = """
from uuid import uuid4
from packhorse.core import dispatch
from packhorse.core.actors import system
from packhorse.ground.places.services import erase_addresses
erase_addresses(key=uuid4(), actor=system('test'), address_ids=[{id}])
dispatch.drain()
"""
NAMES = "from packhorse.ground.places.models import Address; print(*Address.objects.order_by('pk').values_list('name', flat=True), sep=',')"


def said(installation: Installation, code: str) -> str:
    done = installation.run("shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_was_erased_after_the_backup_is_erased_again(old: Installation, install: Install, folder: Path) -> None:
    first, second, _third = said(old, KEEP).split()
    said(old, ERASE.format(id=first))
    backup = folder / "backup.tar"
    assert old.run("backup", str(backup), "--unverified").returncode == 0
    said(old, ERASE.format(id=second))
    erasures = old.home / "erasures.jsonl"
    assert stat.S_IMODE(erasures.stat().st_mode) == 0o600
    assert "Ben" not in erasures.read_text()

    new = install("new")
    done = new.run("restore", str(backup), "--erasures", str(erasures))
    assert done.returncode == 0, done.stderr
    assert "Erased again, as after the backup: 1 of the addresses." in done.stdout
    assert said(new, NAMES) == ",,Cy"
    assert json.loads((new.home / "erasures.jsonl").read_text().splitlines()[0])["addresses"] == [int(first), int(second)]


def test_a_list_of_erasures_that_is_none_is_said(old: Installation, install: Install, folder: Path) -> None:
    backup = folder / "backup.tar"
    assert old.run("backup", str(backup), "--unverified").returncode == 0
    done = install("new").run("restore", str(backup), "--erasures", str(folder / "nowhere"))
    assert (done.returncode, done.stderr) == (1, f"Nothing was restored: there is no file {folder / 'nowhere'}\n")
    (folder / "letter.txt").write_text("dear all")
    done = install("other").run("restore", str(backup), "--erasures", str(folder / "letter.txt"))
    assert done.returncode == 1
    assert f"line 1 of {folder / 'letter.txt'} is no erasure" in done.stderr
