"""The worker: runs jobs, and defers those that come by the clock."""

from __future__ import annotations

import os

import django
import structlog
from procrastinate import PsycopgConnector

from packhorse.server import lifeline
from packhorse.server.warming import warm

log = structlog.get_logger("packhorse.worker")

#: Jobs that one worker runs at a time; they wait for carriers more than they compute.
AT_A_TIME = 4
GRACE_S = 15.0


def main() -> None:
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
    django.setup()
    warm()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=AT_A_TIME + 1)
    with app.replace_connector(connector) as working:
        log.info("ready", jobs=len(working.tasks))
        working.run_worker(concurrency=AT_A_TIME, shutdown_graceful_timeout=GRACE_S)


if __name__ == "__main__":
    main()
