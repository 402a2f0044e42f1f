"""Jobs: work after the answer, and work by the clock, on procrastinate. A job is at least once: it is keyed, and calls one use case.

    @job(every="*/5 * * * *")
    def buy_labels(*, key: UUID, parcel_ids: list[int]) -> None: ...

    defer(buy_labels, parcel_ids=[1, 2])     # inside the caller's transaction
    buy_labels(key=uuid4(), parcel_ids=[1])  # directly, as the simulation does

Functions live in a room's `jobs.py`, take keywords only, and are found there by themselves.
"""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import json
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, overload
from uuid import UUID, uuid4, uuid5

import structlog
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job as Row
from procrastinate.manager import JobManager
from pydantic import validate_call
from pydantic_core import to_jsonable_python

from packhorse.core import clock, partitions
from packhorse.core.errors import NotFound

P = ParamSpec("P")

log = structlog.get_logger(__name__)

_NAMESPACE = UUID("5f3c1a52-8a0e-5c37-9d4b-0f2b7a1c9e66")
#: A worker that has not been heard of for so long is dead, and its jobs are given to another.
STALLED_AFTER_S = 60
#: Finished jobs are kept for so long, failed ones for longer.
KEEP_DONE_HOURS = 72
KEEP_FAILED_HOURS = 24 * 30

#: Every job by its name, `<room>.<function>`.
REGISTRY: dict[str, Job[Any]] = {}


class _NextWaits(Exception):
    """A job by the clock failed, and its next one waits already: that one does what there is to do."""


class Backoff(BaseRetryStrategy):
    """Retries a failed job after 4, 8, 16 … seconds, at most an hour apart, `attempts` runs in all.

    A job with a lock runs after those of its lock that are as urgent and were queued before it, also while these wait for their retry. So each retry is less urgent than what came since:
    what failed stands in nobody's way.
    """

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Row) -> RetryDecision | None:
        if job.attempts + 1 >= self.attempts or isinstance(exception, _NextWaits):
            return None
        return RetryDecision(retry_in={"seconds": min(3600, 4 * 2**job.attempts)}, priority=-(job.attempts + 1))


class Job(Generic[P]):
    """A function that may run later. Calling it runs it now."""

    def __init__(self, function: Callable[P, None], *, name: str, queue: str, attempts: int, lock: str | None, every: str | None) -> None:
        functools.update_wrapper(self, function)
        self.name, self.queue, self.lock, self.every = name, queue, lock, every
        self._function = function
        self._checked = validate_call(function)
        self.keyed = "key" in inspect.signature(function).parameters
        task = app.task(name=name, queue=queue, retry=Backoff(attempts), lock=lock, queueing_lock=name if every else None, pass_context=True)(self._run)
        if every:
            app.periodic(cron=every, periodic_id=name)(task)  # type: ignore[arg-type]  # the timestamp comes by name

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self._function(*args, **kwargs)

    def _run(self, context: JobContext, /, *, timestamp: int | None = None, **arguments: Any) -> None:
        """What the worker calls. Arguments come as JSON and are made into what the function's annotations say."""
        if self.keyed and "key" not in arguments:
            arguments["key"] = uuid5(_NAMESPACE, f"{self.name}:{timestamp}")
        try:
            self._checked(**arguments)  # type: ignore[call-arg]
        except Exception as error:
            _record_failure(context.job.id, error)
            if (lock := context.job.queueing_lock) and _next_waits(lock):  # two may not wait: queued again, this one would stay at work for ever
                raise _NextWaits from error
            raise


@overload
def job(function: Callable[P, None]) -> Job[P]: ...
@overload
def job(*, queue: str = ..., attempts: int = ..., lock: str | None = ..., every: str | None = ...) -> Callable[[Callable[P, None]], Job[P]]: ...
def job(
    function: Callable[P, None] | None = None,
    *,
    queue: str = "default",
    attempts: int = 8,
    lock: str | None = None,
    every: str | None = None,
) -> Job[P] | Callable[[Callable[P, None]], Job[P]]:
    """Make a function of `jobs.py` a job.

    queue: which queue it waits in. attempts: runs in all before it counts as failed. lock: jobs with the same lock never run at once; in the order in which
    they were queued, but for one that failed: others pass it while it waits to be tried again.
    every: a cron line (UTC) by which it runs by itself; one that still waits is not queued twice.
    A parameter `key: UUID` is filled in if the caller gives none, and stays the same when the job is retried.
    """

    def register(function: Callable[P, None]) -> Job[P]:
        parameters = inspect.signature(function).parameters.values()
        assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters), f"{function.__qualname__}: jobs take keywords only"
        name = f"{function.__module__.split('.')[-2]}.{function.__name__}"
        assert name not in REGISTRY, f"two jobs called {name}"
        REGISTRY[name] = made = Job(function, name=name, queue=queue, attempts=attempts, lock=lock, every=every)
        return made

    return register(function) if function else register


def _manager() -> JobManager:
    """Procrastinate's own SQL on Django's connection: also in a worker, what is deferred belongs to the caller's transaction."""
    return JobManager(DjangoConnector())


def defer(job: Job[P] | str, *, at: dt.datetime | None = None, **arguments: Any) -> int:
    """Queue a job in the caller's transaction, to run now or not before `at`; the id of its row.

    A job can be named (`<room>.<function>`) where its module may not be imported. Arguments are plain values, or what pydantic makes JSON of.
    """
    if isinstance(job, str):
        job = REGISTRY[job]
    if job.keyed:
        arguments.setdefault("key", uuid4())
    inspect.signature(job._function).bind(**arguments)
    row = _manager().defer_job(
        Row(
            queue=job.queue,
            lock=job.lock,
            queueing_lock=None,
            task_name=job.name,
            priority=0,
            task_kwargs=to_jsonable_python(arguments),
            scheduled_at=at,
        )
    )
    assert row.id is not None
    return row.id


_WAITS = "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s))"


def wake(job: Job[P], **arguments: Any) -> None:
    """Queue a job that finds its work by itself, unless one of its name waits to start already: that one will find it. For who calls after the commit of the work (handlers, not use cases)."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, [job.name, clock.SystemClock().now()])
        waits = cursor.fetchone()[0]
    if not waits:
        defer(job, **arguments)


def _next_waits(queueing_lock: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo')", [queueing_lock])
        return bool(cursor.fetchone()[0])


def _record_failure(job_id: int | None, error: BaseException) -> None:
    log.error("job_failed", job_id=job_id, error=repr(error))
    text = "".join(traceback.format_exception(error))[-4000:]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_job_failure (job_id, at, error) VALUES (%s, %s, %s) ON CONFLICT (job_id) DO UPDATE SET at = EXCLUDED.at, error = EXCLUDED.error",
            [job_id, clock.SystemClock().now(), text],
        )


@dataclass(frozen=True)
class FailedJob:
    """A job that has used up its attempts."""

    id: int
    name: str
    queue: str
    arguments: dict[str, Any]
    attempts: int
    at: dt.datetime | None
    error: str


_FAILED = """
SELECT j.id, j.task_name, j.queue_name, j.args::text, j.attempts,
       coalesce(f.at, (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id)), coalesce(f.error, '')
FROM procrastinate_jobs j LEFT JOIN core_job_failure f ON f.job_id = j.id
WHERE j.status = 'failed' AND (%(before)s::bigint IS NULL OR j.id < %(before)s) ORDER BY j.id DESC LIMIT %(limit)s
"""


def failed_jobs(*, before: int | None = None, limit: int = 50) -> list[FailedJob]:
    """The failed jobs, newest first, a page at a time: pass the last id as `before` for the next page."""
    with connection.cursor() as cursor:
        cursor.execute(_FAILED, {"before": before, "limit": limit})
        rows = cursor.fetchall()
    return [FailedJob(i, name, queue, json.loads(arguments), attempts, at, error) for i, name, queue, arguments, attempts, at, error in rows]


def failed_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        return int(cursor.fetchone()[0])


def retry(job_id: int) -> None:
    """Queue a failed job once more, with a new round of attempts.

    Raises: NotFound if there is no failed job of that id.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL WHERE id = %s AND status = 'failed'", [job_id])
        if cursor.rowcount == 0:
            raise NotFound(kind="job", ref=str(job_id))


def rescue() -> int:
    """Give the jobs of dead workers to living ones; how many there were."""
    manager = _manager()
    stalled = list(async_to_sync(manager.get_stalled_jobs)(seconds_since_heartbeat=STALLED_AFTER_S))
    for row in stalled:
        assert row.id is not None
        manager.retry_job_by_id(row.id, retry_at=clock.SystemClock().now())
        log.warning("job_rescued", job_id=row.id, job=row.task_name)
    return len(stalled)


@job(every="* * * * *", attempts=1)
def rescue_stalled() -> None:
    """Every minute: jobs of workers that are no longer heard of."""
    rescue()


@job(every="17 3 * * *", attempts=3)
def purge_old() -> None:
    """Every night: jobs that are long done, and failures long past."""
    manager = _manager()
    async_to_sync(manager.delete_old_jobs)(nb_hours=KEEP_DONE_HOURS, include_cancelled=True, include_aborted=True)
    async_to_sync(manager.delete_old_jobs)(nb_hours=KEEP_FAILED_HOURS, include_failed=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_job_failure f WHERE NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = f.job_id)")


@job(every="23 2 * * *", attempts=3)
def make_partitions() -> None:
    """Every night: the partitions of the coming months."""
    partitions.ahead(clock.now().date())
