"""Installations and clusters of their own, gone after the test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.installations import Install, Installation, Open

from packhorse.server.cluster import Cluster


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that other accounts may pass through."""
    made = Path(tempfile.mkdtemp(prefix="packhorse "))
    made.chmod(0o711)
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
