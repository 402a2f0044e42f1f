"""The shape of every change: one durable transaction, done once per key, recorded with its actor and answer."""

from __future__ import annotations

import functools
import hashlib
import inspect
import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, get_type_hints, overload
from uuid import UUID

import psycopg
import structlog
from django.db import OperationalError, transaction
from pydantic import TypeAdapter
from pydantic_core import to_json

from packhorse.core import clock, events, locks, sql, work
from packhorse.core.errors import Busy, KeyReused

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger(__name__)

_RETRIES = 8
_CLAIM = """
INSERT INTO core_command (principal, key, use_case, arguments_sha256, actor, at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (principal, key) DO NOTHING RETURNING id
"""
#: The claim of a use case that is done often: for the rest of this transaction a prepared statement keeps the plan that it has. By cost alone the database would plan nearly all
#: of ours anew each time, since it takes an array that it does not know to be ten times as long as it is.
_CLAIM_OFTEN = _CLAIM.rstrip() + ", set_config('plan_cache_mode', 'force_generic_plan', true)"
_ANSWER = "UPDATE core_command SET arguments_sha256 = %s, answer = %s WHERE id = %s"
#: Stands for the digest until the answer is written: nobody else sees the row before.
_UNTOLD = b""
_EARLIER = "SELECT use_case, arguments_sha256, answer::text FROM core_command WHERE principal = %s AND key = %s"

#: Outbox rows that the next use case ticks off in its own transaction: (at, id) pairs. Set by the dispatcher.
acknowledging: ContextVar[list[tuple[Any, int]] | None] = ContextVar("acknowledging", default=None)

#: Every use case by its full name (`<room>.<function>`), for the tests that hold all of them to the rules.
REGISTRY: dict[str, Callable[..., Any]] = {}


def name_of(function: Callable[..., Any]) -> str:
    """The full name of a use case: `<room>.<function>`, with what lies between."""
    return f"{function.__module__.removeprefix('packhorse.')}.{function.__name__}"


def digest_of(arguments: dict[str, Any]) -> bytes:
    """What tells arguments (without key and actor, in the order of the signature) from others."""
    return hashlib.sha256(to_json(arguments, fallback=repr)).digest()


def answers_of(function: Callable[..., Any]) -> TypeAdapter[Any]:
    """How the answers of a use case are stored."""
    return TypeAdapter(get_type_hints(function)["return"])


def actor_json(actor: Any) -> str:
    """The actor as the command row keeps it."""
    return to_json({"principal": actor.principal, "roles": sorted(actor.roles), "user_id": actor.user_id}).decode()


def _acknowledge() -> None:
    rows = acknowledging.get()
    if rows:
        sql.run(
            "DELETE FROM core_outbox o USING unnest(%s::timestamptz[], %s::bigint[]) AS t(at, id) WHERE o.at = t.at AND o.id = t.id",
            [[at for at, _ in rows], [i for _, i in rows]],
        )
        acknowledging.set(None)


@overload
def use_case(function: Callable[P, R]) -> Callable[P, R]: ...


@overload
def use_case(*, often: bool = False, pipelined: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def use_case(
    function: Callable[P, R] | None = None, *, often: bool = False, pipelined: bool = False
) -> Callable[P, R] | Callable[[Callable[P, R]], Callable[P, R]]:
    """Run a function as a use case.

    The function takes `key: UUID` and `actor: Actor` and whatever else, all by keyword. It runs in a durable transaction; the key is claimed by the actor's principal first. The same key with the
    same arguments gives the stored answer; with other arguments (or another use case) it is refused. Deadlocks and serialization failures are retried.

    `often`: done many times an hour with a few rows each, as a stop of a walk is; its prepared statements (`sql.rows(…, often=True)`) are planned once for each connection.
    `pipelined`: all of it, to the answer's row, goes in one pipeline (see `sql.pipeline`), for those that write much: the database works while the next rows are made.

    Raises: KeyReused, Busy (after repeated deadlocks), and what the function raises; then nothing has changed.
    """
    return _wrapped(function, often, pipelined) if function is not None else functools.partial(_wrapped, often=often, pipelined=pipelined)


def _wrapped(function: Callable[P, R], often: bool, pipelined: bool) -> Callable[P, R]:
    name = name_of(function)
    claim = _CLAIM_OFTEN if often else _CLAIM
    answer: TypeAdapter[Any] | None = None

    def adapter() -> TypeAdapter[Any]:
        nonlocal answer
        if answer is None:
            answer = answers_of(function)
        return answer

    def attempt(key: UUID, arguments: dict[str, Any], digest: Callable[[], bytes]) -> Any:
        actor = arguments["actor"]
        at = clock.now()
        with transaction.atomic(durable=True), locks.one_order(), sql.pipeline() if pipelined else nullcontext():
            claimed = sql.rows(claim, [actor.principal, key, name, _UNTOLD, actor_json(actor), at], often=True)
            if not claimed:
                earlier, hashed, stored = sql.rows(_EARLIER, [actor.principal, key])[0]
                if earlier != name or bytes(hashed) != digest():
                    raise KeyReused(key=str(key))
                _acknowledge()
                return adapter().validate_json(stored)
            command_id = claimed[0][0]
            with work.doing(work.Work(command_id=command_id, actor=actor, at=at)) as told:
                result = function(**arguments)  # type: ignore[call-arg]
                told_of = digest()  # while the database still writes, where it is sent ahead
                events.write(told)
                sql.run(_ANSWER, [told_of, adapter().dump_json(result).decode(), command_id], often=True)
                _acknowledge()
        return result

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        assert not args, "use cases take keywords only"
        arguments: dict[str, Any] = dict(signature.bind(**kwargs).arguments)
        digest = functools.cache(lambda: digest_of({k: v for k, v in arguments.items() if k not in ("key", "actor")}))
        acknowledged = acknowledging.get()
        for tries in range(_RETRIES):
            try:
                return attempt(arguments["key"], arguments, digest)  # type: ignore[no-any-return]
            except OperationalError as error:
                if not isinstance(error.__cause__, psycopg.errors.DeadlockDetected | psycopg.errors.SerializationFailure):
                    raise
                acknowledging.set(acknowledged)
                log.warning("use_case_retried", use_case=name, tries=tries + 1, reason=type(error.__cause__).__name__)
                time.sleep(random.uniform(0, 0.02 * 2**tries))  # noqa: S311 - spreading retries, not a secret
        raise Busy(use_case=name)

    signature = inspect.signature(function)
    parameters = signature.parameters
    assert {"key", "actor"} <= set(parameters), f"{name} needs key and actor"
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters.values()), f"{name} takes keywords only"
    REGISTRY[name] = run
    return run
