"""`packhorse stop`: stop the embedded database, whoever uses it."""

from __future__ import annotations

import argparse
import sys

from packhorse.server.cluster import Cluster
from packhorse.server.database import embedded
from packhorse.server.home import home


def run(arguments: list[str]) -> int:
    """0 when it does not run (any more), 1 where there is none to stop."""
    argparse.ArgumentParser(prog="packhorse stop", description="Stop the embedded database, whoever uses it.").parse_args(arguments)
    if not embedded():
        sys.stderr.write("The database is not embedded: DATABASE_URL names its server.\n")
        return 1
    ran = home().is_dir() and Cluster(home()).stop()
    sys.stdout.write("stopped\n" if ran else "it did not run\n")
    return 0
