"""Gathering: calls of one use case that wait at the same moment in one process are carried out in one transaction.

A call that finds nobody at work goes at once; those that come while it is in the database go together after it. Who was answered together asks again together: where a crowd was at
work a moment ago, the first of the next waits some milliseconds for as many, for a crowd costs little more than one. Each keeps its own key, command row, events and answer. Where
the transaction fails, whatever the reason, nothing of it has happened, and each call goes alone, by the use case itself: one that is refused (or breaks) takes nobody with it.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event as Signal, Lock
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils.translation import get_language

from packhorse.core import clock, events, locks, sql, work
from packhorse.core.actors import Actor
from packhorse.core.use_case import actor_json, answers_of, digest_of, name_of

R = TypeVar("R")

log = structlog.get_logger(__name__)

#: So many at once at most, and so many may wait; who finds more waiting goes alone.
MOST: Final = 64
MOST_WAITING: Final = 256
#: So long after a crowd as many are expected again, and so long the first of them waits for the rest at most.
EXPECTED_S: Final = 0.1
PATIENCE_S: Final = 0.01

_CLAIM: Final = """
INSERT INTO core_command (principal, key, use_case, arguments_sha256, actor, at)
SELECT %(principal)s, t.key, %(name)s, t.digest, %(actor)s, %(at)s FROM unnest(%(key)s::uuid[], %(digest)s::bytea[]) AS t(key, digest) ORDER BY t.key
ON CONFLICT (principal, key) DO NOTHING RETURNING key, id
"""
_ANSWER: Final = "UPDATE core_command c SET answer = t.answer::jsonb FROM unnest(%s::bigint[], %s::text[]) AS t(id, answer) WHERE c.id = t.id"

#: What several calls come to: an answer each, in their order, and for each event that was told the place of the call that it belongs to.
Together = tuple[list[R], Callable[[events.Event], int]]


@dataclass(eq=False)
class _Call(Generic[R]):
    key: UUID
    actor: Actor
    arguments: dict[str, Any]
    digest: bytes
    woken: Signal = field(default_factory=Signal)
    #: Whether it carries out a crowd, its own work among it; who is led finds its answer, or goes alone.
    leads: bool = False
    answer: list[R] = field(default_factory=list)


@dataclass
class _Line(Generic[R]):
    """Calls of one kind."""

    busy: bool = False
    waiting: list[_Call[R]] = field(default_factory=list)
    #: How many went together the last time, and until when (on the monotonic clock) as many are expected again.
    lately: int = 1
    until: float = 0.0
    #: Who leads the next crowd and waits for the rest of it.
    host: _Call[R] | None = None

    def company(self) -> bool:
        """Whether as many wait, with the one who leads them, as went together a moment ago."""
        return 1 + len(self.waiting) >= self.lately


class Gathered(Generic[R]):
    """A use case whose simultaneous calls go together: called as the use case is, and means the same.

    `together` does for several calls of one actor (their arguments without key and actor, equal in those named in `alike`) what the use case does for one. It runs inside their transaction.
    """

    def __init__(self, alone: Callable[..., R], together: Callable[[Actor, Sequence[Mapping[str, Any]]], Together[R]], *, alike: tuple[str, ...]) -> None:
        self._alone, self._together, self._alike = alone, together, alike
        self._name = name_of(alone)
        self._answers = answers_of(alone)
        self._names = [name for name in inspect.signature(alone).parameters if name not in ("key", "actor")]
        self._lock = Lock()
        self._lines: dict[Hashable, _Line[R]] = {}

    def __call__(self, *, key: UUID, actor: Actor, **given: Any) -> R:
        """As the use case: its answer, and what it raises."""
        given = {name: given[name] for name in self._names}
        call: _Call[R] = _Call(key, actor, given, digest_of(given))
        line = self._joined((actor, get_language(), *(given[name] for name in self._alike)), call)
        if line is not None:
            if not call.leads:
                _let_go_of_connection()
                call.woken.wait()
            if call.leads:
                crowd = self._crowd(line, call)
                try:
                    self._carry_out(crowd)
                finally:
                    self._hand_over(line, crowd)
        return call.answer[0] if call.answer else self._alone(key=key, actor=actor, **given)

    def waiting(self) -> int:
        """How many calls wait for one that is being carried out."""
        with self._lock:
            return sum(len(line.waiting) for line in self._lines.values())

    def _joined(self, kind: Hashable, call: _Call[R]) -> _Line[R] | None:
        """The line of its kind, which the call leads now or waits in; None where it is too long."""
        with self._lock:
            line = self._lines.get(kind)
            if line is None:
                self._lines = {k: one for k, one in self._lines.items() if one.busy or one.until > time.monotonic()}
                line = self._lines[kind] = _Line()
            if not line.busy:
                line.busy = call.leads = True
                return line
            if len(line.waiting) >= MOST_WAITING:
                return None
            line.waiting.append(call)
            if line.host is not None and line.company():
                line.host.woken.set()
            return line

    def _crowd(self, line: _Line[R], call: _Call[R]) -> list[_Call[R]]:
        """Those whom this call leads, itself first: who waits by now or, where fewer do than went together a moment ago, comes in the next one."""
        with self._lock:
            if not line.company() and time.monotonic() < line.until:
                line.host = call
                call.woken.clear()
        if line.host is call:
            call.woken.wait(PATIENCE_S)
        with self._lock:
            line.host = None
            led, line.waiting = line.waiting[: MOST - 1], line.waiting[MOST - 1 :]
        return [call, *led]

    def _hand_over(self, line: _Line[R], crowd: Sequence[_Call[R]]) -> None:
        """Wake those who were led, and the first of those who came meanwhile, to lead the next."""
        with self._lock:
            line.lately, line.until = len(crowd), time.monotonic() + EXPECTED_S
            line.busy = bool(line.waiting)
            following = line.waiting[:1]
            del line.waiting[:1]
            for call in following:
                call.leads = True
        for call in (*crowd[1:], *following):
            call.woken.set()

    def _carry_out(self, crowd: Sequence[_Call[R]]) -> None:
        """Answer calls in one transaction; where it fails none is answered."""
        try:
            with transaction.atomic(durable=True), locks.one_order(), sql.pipeline(often=True):
                answered = self._claimed_and_done(crowd)
        except Exception as error:
            if not connection.in_atomic_block:  # of somebody else's transaction (a test's) it would make an end
                connection.close_if_unusable_or_obsolete()
            log.info("gathered_apart", use_case=self._name, calls=len(crowd), reason=type(error).__name__)
            return
        for call, answer in answered:
            call.answer = [answer]

    def _claimed_and_done(self, crowd: Sequence[_Call[R]]) -> list[tuple[_Call[R], R]]:
        actor, at = crowd[0].actor, clock.now()
        first = list({call.key: call for call in reversed(crowd)}.values())[::-1]
        params = {"principal": actor.principal, "name": self._name, "actor": actor_json(actor), "at": at}
        commands = dict(sql.rows(_CLAIM, {**params, "key": [c.key for c in first], "digest": [c.digest for c in first]}, often=True))
        ours = [call for call in first if call.key in commands]  # whose key was used before finds its answer, or the refusal, alone
        if not ours:
            return []
        told = work.Work(command_id=commands[ours[0].key], actor=actor, at=at)
        with work.doing(told):
            answers, belongs = self._together(actor, [call.arguments for call in ours])
            events.write(told, commands=[commands[ours[belongs(event)].key] for event in told.events])
        sql.run(_ANSWER, [[commands[call.key] for call in ours], [self._answers.dump_json(answer).decode() for answer in answers]], often=True)
        return list(zip(ours, answers, strict=True))


def _let_go_of_connection() -> None:
    """Give this thread's connection back to the pool, where there is one, before waiting for another thread."""
    if connection.connection is not None and not connection.in_atomic_block and connection.settings_dict["OPTIONS"].get("pool"):
        connection.close()
