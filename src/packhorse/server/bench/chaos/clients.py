"""The clients: each thinks of something, asks for it, and repeats it with the same key until it has an answer, however often its connection breaks. What it was told it keeps."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from pydantic_core import to_json

from packhorse.core import sql
from packhorse.core.actors import Actor
from packhorse.core.errors import Busy, PackhorseError
from packhorse.server.bench.chaos import acts
from packhorse.server.bench.chaos.commands import ACTS, Answered, Command, World

#: A request waits so long for its answer before its connection counts as broken; nobody repeats longer than this.
ANSWER_S: Final = 45.0
GIVE_UP_S: Final = 180.0
#: One request in so many is sent and hung up on: whether it was carried out is for the repeat to find out.
HUNG_UP: Final = 40
LOST: Final = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown, psycopg.errors.CannotConnectNow)

assert acts.__all__, "registered"


class Unanswered(Exception):
    """No answer in a long time."""


class Heard:
    """What all clients were told, and what went wrong on their side of the door."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answered: list[Answered] = []
        #: Answers that a user should never see: deadlocks, and faults while the server was up.
        self.deadlocks: list[str] = []
        self.faults: list[str] = []
        self.unanswered: list[str] = []
        self.broken: Counter[str] = Counter()
        self.idle = 0

    def keep(self, answered: Answered) -> None:
        with self.lock:
            self.answered.append(answered)

    def note(self, kind: str) -> None:
        with self.lock:
            self.broken[kind] += 1

    def fault(self, text: str, *, deadlock: bool = False) -> None:
        with self.lock:
            (self.deadlocks if deadlock else self.faults).append(text[:600])


class Door:
    """One keep-alive connection to the web server, by one API key."""

    def __init__(self, port: int, raw_key: str, dice: Random, heard: Heard) -> None:
        self._port, self._key, self._dice, self._heard = port, raw_key, dice, heard
        self._line: http.client.HTTPConnection | None = None

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def post(self, path: str, key: UUID, body: bytes, *, hang_up: bool = False) -> tuple[int, bytes]:
        """Raises: OSError, http.client.HTTPException where the connection broke."""
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_S)
        head = {"Authorization": f"Bearer {self._key}", "Idempotency-Key": str(key), "Content-Type": "application/json", "Host": "localhost"}
        try:
            self._line.request("POST", path, body, head)
            if hang_up:
                time.sleep(self._dice.uniform(0, 0.03))
                self._heard.note("hung_up")
                raise ConnectionAbortedError
            response = self._line.getresponse()
            return response.status, response.read()
        except BaseException:
            self.close()
            raise


class Client:
    """One client: a connection to the web server, one to the database, dice of its own."""

    def __init__(self, number: int, *, seed: int, world: World, port: int, raw_key: str, actor: Actor, heard: Heard) -> None:
        self.number, self.world, self.dice, self.heard = number, world, Random(f"{seed}:{number}"), heard  # noqa: S311 - figures, not secrets
        self._actor, self._names = actor, 0
        self._run = f"{seed}-{uuid4().hex[:6]}"
        self.door = Door(port, raw_key, self.dice, heard)

    # -- what an act sees

    def actor(self) -> Actor:
        return self._actor

    def rows(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return sql.rows(statement, list(params))

    def name(self) -> str:
        """A name that nobody else gives."""
        self._names += 1
        return f"X-{self._run}-{self.number}-{self._names}"

    # -- what it does

    def live(self, until: float) -> None:
        """Think and ask, until the time is over; what was asked last is still answered."""
        names, weights = list(ACTS), [w for w, _ in ACTS.values()]
        while time.monotonic() < until:
            name = self.dice.choices(names, weights)[0]
            try:
                command = ACTS[name][1](self)
            except (DatabaseError, InterfaceError):
                self.heard.note("thinking")
                connection.close()
                time.sleep(0.2)
                continue
            if command is None:
                with self.heard.lock:
                    self.heard.idle += 1
                time.sleep(0.01)
                continue
            try:
                self.heard.keep(self.say(name, command))
            except Unanswered:
                with self.heard.lock:
                    self.heard.unanswered.append(name)
        self.door.close()
        connection.close()

    def say(self, name: str, command: Command, key: UUID | None = None) -> Answered:
        """Ask until there is an answer.   Raises: Unanswered."""
        key, began, tries = key or uuid4(), time.monotonic(), 0
        body = json.dumps(command.body).encode()
        while time.monotonic() - began < GIVE_UP_S:
            tries += 1
            found = self._directly(name, command, key) if command.direct else self._by_http(name, command, key, body, tries)
            if found is not None:
                principal = command.arguments["actor"].principal if "actor" in command.arguments else self._actor.principal
                return Answered(name, command, key, principal, *found, tries, time.monotonic() - began)
            time.sleep(self.dice.uniform(0.1, 0.8))
        raise Unanswered

    def _by_http(self, name: str, command: Command, key: UUID, body: bytes, tries: int) -> tuple[int, Any] | None:
        try:
            status, said = self.door.post(command.path, key, body, hang_up=tries == 1 and self.dice.randrange(HUNG_UP) == 0)
        except (OSError, http.client.HTTPException) as error:
            self.heard.note(type(error).__name__)
            return None
        text = said.decode(errors="replace")
        if status < 500 and text[:1] in ("{", "["):
            return status, json.loads(said)
        if status == 503 and b'"unavailable"' in said:
            self.heard.note("unavailable")
        else:
            self.heard.fault(f"{name} {command.path}: {status} {text}", deadlock=b'"busy"' in said or "deadlock" in text)
        return None

    def _directly(self, name: str, command: Command, key: UUID) -> tuple[int, Any] | None:
        assert command.direct is not None, "asked for"
        try:
            answer = command.direct() if command.errand else command.direct(**{"key": key, "actor": self._actor, **command.arguments})
        except Busy as error:
            self.heard.fault(f"{name}: {error}", deadlock=True)
        except PackhorseError as error:
            return error.status, {"code": error.code}
        except (DatabaseError, InterfaceError, psycopg.Error) as error:
            connection.close()
            if not lost(error):
                self.heard.fault(f"{name}: {error!r}", deadlock="deadlock" in str(error))
            self.heard.note("database_connection")
        else:
            return 200, json.loads(to_json(answer, fallback=repr))
        return None


def lost(error: BaseException) -> bool:
    """Whether an error says that the connection, or the server behind it, is gone."""
    cause = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
    return (
        isinstance(cause, LOST)
        or (isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) and cause.sqlstate is None)
        or isinstance(error, InterfaceError)
    )
