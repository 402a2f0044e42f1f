"""Is it well: /healthz for load balancers, /metrics for Prometheus."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from packhorse.core.web.auth import find_actor


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 where the database answers, 503 where it does not. Tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (DatabaseError, InterfaceError):
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})


_WAITING = """
SELECT 'outbox', count(*) FILTER (WHERE parked_at IS NULL) FROM core_outbox
UNION ALL SELECT 'outbox_parked', count(*) FILTER (WHERE parked_at IS NOT NULL) FROM core_outbox
UNION ALL SELECT 'jobs', count(*) FROM procrastinate_jobs WHERE status = 'todo'
UNION ALL SELECT 'jobs_failed', count(*) FROM procrastinate_jobs WHERE status = 'failed'
"""


def metrics(request: HttpRequest) -> HttpResponse:
    """What waits in outbox and job queues, in Prometheus's text format. For actors who may run the system, or with the token of PACKHORSE_METRICS_TOKEN."""
    if not _may_read(request):
        return HttpResponse(status=403)
    registry = CollectorRegistry()
    waiting = Gauge("packhorse_waiting", "Rows that wait, by queue", ["queue"], registry=registry)
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        for queue, n in cursor.fetchall():
            waiting.labels(queue=queue).set(n)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.PACKHORSE_METRICS_TOKEN
    if token and hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return True
    actor = find_actor(request)
    return actor is not None and actor.may("run_system") and actor.scope.client_ids is None
