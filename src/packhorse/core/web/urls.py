"""The URLs of the page machinery itself."""

from __future__ import annotations

from django.urls import path

from packhorse.core.web import account, bulk, health, kept, reference, scanner

urlpatterns = [
    path("theme/", account.theme, name="theme"),
    path("settings/", account.settings_index, name="settings"),
    path("views/", kept.save, name="save-view"),
    path("views/<int:view_id>/forget/", kept.forget, name="forget-view"),
    path("columns/", kept.columns, name="keep-columns"),
    path("bulk/<uuid:run_id>/", bulk.show, name="bulk"),
    path("scan/", scanner.index, name="scan"),
    path("scan/worker.js", scanner.worker, name="scan-worker"),
    path("scan/run/<uuid:run>/", scanner.show, name="scan-run"),
    path("scan/run/<uuid:run>/post/", scanner.post, name="scan-post"),
    path("scan/<str:flow>/", scanner.start, name="scan-start"),
    path("api/v1/docs", reference.docs, name="api-docs"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]
