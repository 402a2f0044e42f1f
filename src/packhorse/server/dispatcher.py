"""The resident dispatcher: wakes when events are written, sweeps each second, and outlives a database that goes away for a while. Beside it, in a thread of its own, the reconcilers."""

from __future__ import annotations

import os
import signal
import threading
import time

import django
import psycopg
import structlog

from packhorse.server import lifeline
from packhorse.server.database import connect

log = structlog.get_logger("packhorse.dispatcher")

SWEEP_S = 1.0


class Dispatcher:
    """Drains the outbox until it is told to stop."""

    def __init__(self) -> None:
        self.stopping = False

    def stop(self, *_: object) -> None:
        self.stopping = True

    def run(self) -> None:
        from django.db import DatabaseError, InterfaceError, close_old_connections, connection

        pause = 0.5
        while not self.stopping:
            try:
                with connect(autocommit=True) as listener:
                    self._listen(listener)
                    pause = 0.5
            except (psycopg.Error, DatabaseError, InterfaceError) as error:
                log.warning("database_away", reason=str(error).strip().split("\n")[0], again_in_s=pause)
                connection.close()
                close_old_connections()
                time.sleep(pause)
                pause = min(10.0, pause * 2)
        connection.close()

    def _listen(self, listener: psycopg.Connection[tuple[object, ...]]) -> None:
        from packhorse.core import dispatch, events

        listener.execute(f"LISTEN {events.CHANNEL}".encode())
        while not self.stopping:
            dispatch.drain()
            for _ in listener.notifies(timeout=SWEEP_S, stop_after=1):
                pass


def main() -> None:
    lifeline.hold()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "packhorse.server.settings")
    dispatcher = Dispatcher()
    signal.signal(signal.SIGTERM, dispatcher.stop)
    signal.signal(signal.SIGINT, dispatcher.stop)
    django.setup()
    from packhorse.roof.desk import books

    stopping = threading.Event()
    reconcilers = threading.Thread(target=books.run, args=(stopping,), daemon=True)
    reconcilers.start()
    log.info("ready")
    dispatcher.run()
    stopping.set()
    reconcilers.join(timeout=5)


if __name__ == "__main__":
    main()
