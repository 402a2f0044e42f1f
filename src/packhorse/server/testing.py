"""A pytest plugin (`-p packhorse.server.testing`): the database that tests run on.

DATABASE_URL names the server to use. Without it the tests keep a cluster of their own in `.packhorse-test`, which forgets what a power cut would take.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from packhorse.server import cluster
from packhorse.server.home import make_vault_key
from packhorse.server.warming import warm


def pytest_addoption() -> None:
    """The earliest of pytest's hooks: Django's settings, which say where the socket is, are not read yet."""
    os.environ["PACKHORSE_HOME"] = str(Path.cwd() / ".packhorse-test")
    make_vault_key()
    if not os.environ.get("DATABASE_URL"):
        cluster.ensure(durable=False)


def pytest_configure(config: Any) -> None:
    """Where several processes share the tests, plans are compiled once, beside their start, and not by each that meets one first."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        warm(nice=0)


def pytest_unconfigure() -> None:
    cluster.release()
