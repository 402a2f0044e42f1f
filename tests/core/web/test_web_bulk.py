"""An action on many rows is worked through in chunks, once, and says what was refused."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from packhorse.core import sql
from packhorse.core.models import BulkRun
from packhorse.core.web.bulk import work_through
from tests.core.web import sample
from tests.core.web.test_web_pages import user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.web.sample")]


@pytest.fixture
def manager(client: Client) -> Client:
    sample.DONE.clear()
    client.force_login(user("manager"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_everything_that_matches_is_worked_through_by_a_job(manager: Client) -> None:
    key = uuid4()
    for _ in range(2):  # sent twice, it is queued once
        answer = manager.post("/sample/hold/", {"key": str(key), "all": "1", "asked": "state=open", "next": "/sample/?state=open"})
        assert answer.headers["Location"] == f"/bulk/{key}/"
    assert sql.rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'web.work_through' AND args->>'run_id' = %s", [str(key)]) == [(1,)]
    assert "0 of 40 rows so far." in manager.get(f"/bulk/{key}/").content.decode()
    for _ in range(2):  # done twice, it happens once
        work_through(run_id=key)
    run = BulkRun.objects.get(pk=key)
    assert (run.done, run.failed, run.refusals) == (40, 0, [])
    assert run.ended_at is not None
    assert [("hold", i) for i in range(6, 241, 6)] == sample.DONE
    assert "All 40 rows are worked through." in manager.get(f"/bulk/{key}/").content.decode()


def test_one_refused_row_does_not_stop_the_rest(manager: Client) -> None:
    key = uuid4()
    manager.post("/sample/hold/", {"key": str(key), "ids": [str(i) for i in range(80, 121)]})
    work_through(run_id=key)
    run = BulkRun.objects.get(pk=key)
    assert (run.done, run.failed, run.refusals) == (41, 1, [{"id": 100, "label": "100", "reason": "Parcel 100 weighs 99000 g: more than one person lifts."}])
    assert {i for _, i in sample.DONE} == set(range(80, 121)) - {100}


def test_a_run_cut_off_goes_on_where_it_stood(manager: Client) -> None:
    key = uuid4()
    manager.post("/sample/hold/", {"key": str(key), "ids": [str(i) for i in range(1, 91)]})
    BulkRun.objects.filter(pk=key).update(done=50)
    work_through(run_id=key)
    assert [("hold", i) for i in range(51, 91)] == sample.DONE


def test_nothing_marked_is_said(manager: Client) -> None:
    assert manager.post("/sample/hold/", {"key": str(uuid4()), "next": "/sample/"}).headers["Location"] == "/sample/"
    assert "Mark some rows first." in manager.get("/sample/").content.decode()


def test_a_run_is_its_owners_alone(manager: Client) -> None:
    key = uuid4()
    manager.post("/sample/hold/", {"key": str(key), "ids": ["100"]})
    other = Client()
    other.force_login(user("manager"), backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(f"/bulk/{key}/").status_code == 404
