"""A job runs after the commit that asked for it, is tried again when it fails, and is never lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job as Row

from packhorse.core import jobs
from packhorse.core.errors import NotFound
from tests.own_database import own_database

SEEN: list[dict[str, Any]] = []
FAILING: list[str] = []


def _note(*, key: UUID, ids: list[int], day: dt.date | None = None) -> None:
    SEEN.append({"key": key, "ids": ids, "day": day})
    if FAILING:
        raise RuntimeError(FAILING.pop())


@pytest.fixture(scope="module", autouse=True)
def _committed(django_db_setup: None, django_db_blocker: Any, django_db_keepdb: bool) -> Iterator[None]:
    """The worker has a connection of its own: rows must be committed."""
    with django_db_blocker.unblock(), own_database("jobs", keep=django_db_keepdb):
        yield


@pytest.fixture(scope="module")
def note() -> Iterator[jobs.Job[Any]]:
    """A job of three arguments that writes down what it was given, and fails when told to."""
    yield jobs.Job(_note, name="trial.note", queue="default", attempts=2, lock=None, every=None)
    del app.tasks["trial.note"]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    SEEN.clear()
    FAILING.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM core_job_failure")


def work() -> None:
    """Run what waits, as the worker does."""
    with app.replace_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2)) as working:
        working.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)


def rows(name: str = "trial.note") -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [name])
        return [(status, attempts) for status, attempts in cursor.fetchall()]


def let_time_pass() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


def test_it_runs_with_its_arguments_as_they_were(note: jobs.Job[Any]) -> None:
    key = uuid4()
    jobs.defer(note, key=key, ids=[1, 2], day=dt.date(2026, 1, 2))
    work()
    assert [{"key": key, "ids": [1, 2], "day": dt.date(2026, 1, 2)}] == SEEN
    assert rows() == [("succeeded", 1)]


def test_one_that_finds_its_work_itself_is_woken_once(note: jobs.Job[Any]) -> None:
    jobs.wake(note, ids=[1])
    jobs.wake(note, ids=[2])
    assert rows() == [("todo", 0)]
    work()
    jobs.wake(note, ids=[3])
    assert rows() == [("succeeded", 1), ("todo", 0)]
    work()
    assert [seen["ids"] for seen in SEEN] == [[1], [3]]


def test_one_that_waits_for_a_later_hour_keeps_nobody_from_being_woken(note: jobs.Job[Any]) -> None:
    jobs.defer(note, ids=[1], at=dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
    jobs.wake(note, ids=[2])
    work()
    assert [seen["ids"] for seen in SEEN] == [[2]]


def test_it_can_be_queued_by_its_name() -> None:
    job_id = jobs.defer("core.purge_old")
    assert rows("core.purge_old") == [("todo", 0)]
    assert job_id > 0


def test_it_can_be_called_directly(note: jobs.Job[Any]) -> None:
    key = uuid4()
    note(key=key, ids=[3])
    assert [{"key": key, "ids": [3], "day": None}] == SEEN


def test_it_is_not_queued_when_the_transaction_fails(note: jobs.Job[Any]) -> None:
    with transaction.atomic():
        jobs.defer(note, ids=[1])
        assert rows() == [("todo", 0)]
        transaction.set_rollback(True)
    assert rows() == []


def test_wrong_arguments_are_refused_when_it_is_queued(note: jobs.Job[Any]) -> None:
    with pytest.raises(TypeError):
        jobs.defer(note, idz=[1])
    assert rows() == []


def test_it_is_tried_again_under_the_same_key(note: jobs.Job[Any]) -> None:
    FAILING.append("the carrier is away")
    jobs.defer(note, ids=[1])
    work()
    assert rows() == [("todo", 1)]
    let_time_pass()
    work()
    assert rows() == [("succeeded", 2)]
    assert SEEN[0] == SEEN[1]


def test_while_it_waits_to_be_tried_again_others_of_its_lock_run() -> None:
    locked = jobs.Job(_note, name="trial.locked", queue="default", attempts=5, lock="trial", every=None)
    try:
        FAILING.extend(["again", "the carrier is away"])
        for n in (1, 2, 3):
            jobs.defer(locked, ids=[n])
        work()
        assert [seen["ids"] for seen in SEEN] == [[1], [2], [3]]
        assert rows("trial.locked") == [("todo", 1), ("todo", 1), ("succeeded", 1)]
        jobs.defer(locked, ids=[4])
        work()
        assert rows("trial.locked")[3] == ("succeeded", 1)
        let_time_pass()
        work()
        assert [seen["ids"] for seen in SEEN] == [[1], [2], [3], [4], [1], [2]]
        assert {status for status, _ in rows("trial.locked")} == {"succeeded"}
    finally:
        del app.tasks["trial.locked"]


def test_one_by_the_clock_that_fails_while_its_next_waits_already_leaves_the_work_to_that_one() -> None:
    def found_its_work(*, key: UUID, ids: list[int]) -> None:
        SEEN.append({"key": key, "ids": ids})
        if len(SEEN) == 1:
            queue()
            raise RuntimeError("the carrier is away")

    jobs.Job(found_its_work, name="trial.clocked", queue="default", attempts=5, lock="trial", every=None)

    def queue() -> None:
        row = Row(queue="default", lock="trial", queueing_lock="trial", task_name="trial.clocked", task_kwargs={"key": str(uuid4()), "ids": [1]})
        jobs._manager().defer_job(row)

    try:
        queue()
        work()
        assert len(SEEN) == 2
        assert rows("trial.clocked") == [("failed", 1), ("succeeded", 1)]
    finally:
        del app.tasks["trial.clocked"]


def test_it_waits_longer_after_each_failure() -> None:
    def pause(attempts: int) -> float | None:
        row = Row(queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)
        decision = jobs.Backoff(12).get_retry_decision(exception=RuntimeError(), job=row)
        return decision and round((decision.retry_at - dt.datetime.now(dt.UTC)).total_seconds())  # type: ignore[operator,return-value]  # noqa: TID251

    assert [pause(n) for n in (0, 1, 2, 10, 11)] == [4, 8, 16, 3600, None]


def test_one_that_fails_for_good_is_listed_with_its_reason_and_can_be_retried(note: jobs.Job[Any]) -> None:
    FAILING.extend(["for good", "at first"])
    job_id = jobs.defer(note, ids=[1])
    work()
    let_time_pass()
    work()
    (failed,) = jobs.failed_jobs()
    assert (failed.id, failed.name, failed.queue, failed.arguments["ids"], failed.attempts) == (job_id, "trial.note", "default", [1], 2)
    assert "RuntimeError: for good" in failed.error
    assert jobs.failed_count() == 1
    jobs.retry(job_id)
    work()
    assert rows() == [("succeeded", 1)]
    assert jobs.failed_jobs() == []
    with pytest.raises(NotFound):
        jobs.retry(job_id)


def test_one_whose_worker_died_is_given_to_another(note: jobs.Job[Any]) -> None:
    jobs.defer(note, ids=[1])
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes') RETURNING id")
        (worker,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
    assert jobs.rescue() == 1
    assert jobs.rescue() == 0
    work()
    assert rows() == [("succeeded", 2)]


def test_old_ones_are_purged_and_failures_kept_longer(note: jobs.Job[Any]) -> None:
    FAILING.extend(["twice", "once"])
    jobs.defer(note, ids=[1])
    work()
    let_time_pass()
    work()
    jobs.defer(note, ids=[2])
    work()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '4 days'")
    jobs.purge_old()
    assert rows() == [("failed", 2)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = at - interval '30 days'")
    jobs.purge_old()
    assert rows() == []
    assert jobs.failed_jobs() == []


def test_one_by_the_clock_is_keyed_by_its_moment() -> None:
    periodic = {task for task, _ in app.periodic_registry.periodic_tasks}
    assert {"core.rescue_stalled", "core.purge_old"} <= periodic
    manager = jobs._manager()
    row = Row(queue="default", lock=None, queueing_lock="core.rescue_stalled", task_name="core.rescue_stalled", task_kwargs={"timestamp": 60})
    assert async_to_sync(manager.defer_periodic_job)(job=row, periodic_id="core.rescue_stalled", defer_timestamp=60)
    assert not async_to_sync(manager.defer_periodic_job)(job=row, periodic_id="core.rescue_stalled", defer_timestamp=60)
    work()
    assert ("succeeded", 1) in rows("core.rescue_stalled")
