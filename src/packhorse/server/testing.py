"""A pytest plugin (`-p packhorse.server.testing`): the database that tests run on.

DATABASE_URL names the server to use. Without it the tests keep a cluster of their own in `.packhorse-test`, which forgets what a power cut would take.
"""

from __future__ import annotations

import os
from pathlib import Path

from packhorse.server import cluster


def pytest_addoption() -> None:
    """The earliest of pytest's hooks: Django's settings, which say where the socket is, are not read yet."""
    if not os.environ.get("DATABASE_URL"):
        os.environ["PACKHORSE_HOME"] = str(Path.cwd() / ".packhorse-test")
        cluster.ensure(durable=False)


def pytest_unconfigure() -> None:
    cluster.release()
