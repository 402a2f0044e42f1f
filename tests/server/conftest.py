"""Installations and clusters of their own, gone after the test."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from packhorse.server.cluster import Cluster
from tests.server.installations import Install, Installation, Open


def _folder() -> Path:
    made = Path(tempfile.mkdtemp(prefix="packhorse "))
    made.chmod(0o711)
    return made


@pytest.fixture(scope="package")
def ready() -> Iterator[Installation]:
    """An installation with its first owner, ines, to be copied."""
    folder = _folder()
    made = Installation(folder / "ready")
    done = made.run("init", "--username", "ines", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"home": str(made.home), "owner": "ines", "password": None}
    yield made
    made.forget()
    folder.rmdir()


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that other accounts may pass through."""
    made = _folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def install(folder: Path) -> Iterator[Install]:
    """Makes installations under a name."""
    made: list[Installation] = []

    def named(name: str) -> Installation:
        made.append(Installation(folder / name))
        return made[-1]

    yield named
    for each in made:
        each.forget()


@pytest.fixture
def open_cluster(install: Install) -> Iterator[Open]:
    """Makes handles on the cluster of a data folder."""
    made: list[Cluster] = []

    def opened(home: Path) -> Cluster:
        home.mkdir(mode=0o711, exist_ok=True)
        made.append(Cluster(home))
        made[-1].durable = False
        return made[-1]

    yield opened
    for each in made:
        each.release()
