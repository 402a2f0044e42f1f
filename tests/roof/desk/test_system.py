"""Failed jobs and parked events are seen, and given another try, by those who run the system."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from packhorse.core import clock, dispatch, jobs, sql
from packhorse.core.errors import KeyReused, NotAllowed, NotFound
from packhorse.ground.people.types import Grant
from packhorse.roof.desk import selectors, services
from tests.build import HOUSE, actor, make_shop, stock
from tests.build_orders import accepted
from tests.steps.orders.test_doors import browser

pytestmark = pytest.mark.django_db


def failed_job() -> int:
    job_id = jobs.defer("desk.check_books")
    sql.run("UPDATE procrastinate_jobs SET status = 'failed', attempts = 8 WHERE id = %s", [job_id])
    sql.run("INSERT INTO core_job_failure (job_id, at, error) VALUES (%s, %s, 'It broke <here>')", [job_id, clock.now()])
    return job_id


def parked() -> list[int]:
    shop = make_shop()
    accepted(shop, {"SKU-1": 1}, pay=False)
    stock(shop, {"SKU-1": 9})
    sql.run("UPDATE core_outbox SET parked_at = %s, attempts = 8, error = 'No such thing'", [clock.now()])
    found = [e.id for e in selectors.parked_events()]
    assert found
    return found


def test_a_failed_job_is_seen_and_tried_again() -> None:
    job_id = failed_job()
    owner = browser(Grant("owner"))
    assert "Failed jobs" in owner.get("/").content.decode()
    page = owner.get(reverse("desk:system")).content.decode()
    assert "It broke &lt;here&gt;" in page
    assert owner.post(reverse("desk:retry-job", args=[job_id]), {"key": str(uuid4())}).status_code == 303
    assert jobs.failed_jobs() == []
    assert sql.rows("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [job_id]) == [("todo", 0)]
    assert owner.post(reverse("desk:retry-job", args=[job_id]), {"key": str(uuid4())}).status_code == 404


def test_parked_events_are_seen_and_handed_over_again() -> None:
    ids = parked()
    owner = browser(Grant("owner"))
    page = owner.get(reverse("desk:system")).content.decode()
    assert sorted(map(int, re.findall(r'name="events" value="(\d+)"', page))) == sorted(ids)
    assert owner.post(reverse("desk:retry-events"), {"key": str(uuid4()), "events": ids}).status_code == 303
    assert selectors.outbox().parked == 0
    assert selectors.outbox().waiting == len(ids)
    dispatch.drain()
    assert selectors.outbox().waiting == 0


def test_asked_twice_and_refused() -> None:
    key, job_id = uuid4(), failed_job()
    assert services.retry_job(key=key, actor=HOUSE, job_id=job_id) == job_id
    assert services.retry_job(key=key, actor=HOUSE, job_id=job_id) == job_id
    with pytest.raises(KeyReused):
        services.retry_job(key=key, actor=HOUSE, job_id=job_id + 1)
    with pytest.raises(NotFound):
        services.retry_events(key=uuid4(), actor=HOUSE, event_ids=[1])
    for role in ("service", "picker", "integrator"):
        with pytest.raises(NotAllowed):
            services.retry_job(key=uuid4(), actor=actor(role), job_id=job_id)
        with pytest.raises(NotAllowed):
            services.retry_events(key=uuid4(), actor=actor(role), event_ids=[1])
    assert browser(Grant("manager", warehouse_id=make_shop().warehouse_id)).get(reverse("desk:system")).status_code == 403
