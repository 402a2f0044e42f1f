"""`packhorse stop`: stop the embedded database, whoever uses it."""

from __future__ import annotations

import argparse
import sys

from packhorse.server.cluster import Cluster
from packhorse.server.database import embedded
from packhorse.server.home import home


def run(arguments: list[str]) -> int:
    """0 when it does not run (any more), 1 where there is none to stop."""
    parser = argparse.ArgumentParser(prog="packhorse stop", description="Stop the embedded database, whoever uses it.")
    parser.add_argument("--erase", action="store_true", help="remove its data too: only where it was made for tests, which are not durable")
    options = parser.parse_args(arguments)
    if not embedded():
        sys.stderr.write("The database is not embedded: DATABASE_URL names its server.\n")
        return 1
    ran = home().is_dir() and Cluster(home()).stop()
    if options.erase and home().is_dir() and not Cluster(home()).erase():
        sys.stderr.write("This database is not one for tests; its data stays.\n")
        return 1
    sys.stdout.write("stopped\n" if ran else "it did not run\n")
    return 0
