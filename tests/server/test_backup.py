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
