"""An action on many rows is worked through in chunks, once, and says what was refused."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.http import HttpResponseBase
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


def run_of(answer: HttpResponseBase) -> UUID:
    """The run whose page an answer leads to."""
    return UUID(answer.headers["Location"].removeprefix("/bulk/").removesuffix("/"))


def test_everything_that_matches_is_worked_through_by_a_job(manager: Client) -> None:
    form = {"key": str(uuid4()), "all": "1", "asked": "state=open", "next": "/sample/?state=open"}
    first, again = (run_of(manager.post("/sample/hold/", form)) for _ in range(2))  # sent twice, it is queued once
    assert first == again
    key = first
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
    key = run_of(manager.post("/sample/hold/", {"key": str(uuid4()), "ids": [str(i) for i in range(80, 121)]}))
    work_through(run_id=key)
    run = BulkRun.objects.get(pk=key)
    assert (run.done, run.failed, run.refusals) == (
        41,
        1,
        [{"id": 100, "label": "100", "reason": "Parcel 100 weighs 99000 g: more than one person lifts.", "link": ""}],
    )
    assert {i for _, i in sample.DONE} == set(range(80, 121)) - {100}


def test_a_run_cut_off_goes_on_where_it_stood(manager: Client) -> None:
    key = run_of(manager.post("/sample/hold/", {"key": str(uuid4()), "ids": [str(i) for i in range(1, 91)]}))
    BulkRun.objects.filter(pk=key).update(done=50)
    work_through(run_id=key)
    assert [("hold", i) for i in range(51, 91)] == sample.DONE


def test_nothing_marked_is_said(manager: Client) -> None:
    assert manager.post("/sample/hold/", {"key": str(uuid4()), "next": "/sample/"}).headers["Location"] == "/sample/"
    assert "Mark some rows first." in manager.get("/sample/").content.decode()


def test_a_run_is_its_owners_alone(manager: Client) -> None:
    key = run_of(manager.post("/sample/hold/", {"key": str(uuid4()), "ids": ["100"]}))
    assert manager.get(f"/bulk/{key}/").status_code == 200
    other = Client()
    other.force_login(user("manager"), backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(f"/bulk/{key}/").status_code == 404


def test_other_rows_of_the_same_page_are_another_run(manager: Client) -> None:
    form = {"key": str(uuid4()), "next": "/sample/"}  # the page from before, as the back button shows it
    for ids in (["1", "2"], ["2", "1"], ["2", "3"]):
        assert manager.post("/sample/hold/", {**form, "ids": ids}).status_code == 303
    assert sample.DONE == [("hold", 1), ("hold", 2), ("hold", 2), ("hold", 3)]


def test_the_same_rows_with_another_word_are_refused_and_not_called_done(manager: Client) -> None:
    form = {"key": str(uuid4()), "next": "/sample/", "ids": ["1", "2"]}
    assert manager.post("/sample/hold/", {**form, "note": "a"}).status_code == 303
    assert manager.post("/sample/hold/", {**form, "note": "b"}).status_code == 422
    assert BulkRun.objects.get().data == {"note": "a"}


def test_all_that_match_sent_again_when_none_match_any_more_is_still_that_run(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"key": str(uuid4()), "all": "1", "asked": "state=open"}
    first = run_of(manager.post("/sample/hold/", form))
    work_through(run_id=first)
    monkeypatch.setattr(sample, "LAST", 0)
    assert run_of(manager.post("/sample/hold/", form)) == first
