"""URLs of shipping, under /shipping/."""

from __future__ import annotations

from django.urls import path

from packhorse.steps.shipping.pages import day, labels, parcels

app_name = "shipping"
urlpatterns = [
    path("", parcels.parcels.view, name="list"),
    path("buy/", parcels.buy, name="buy"),
    path("print/", parcels.print_marked, name="print"),
    path("print/slips/", parcels.print_slips, name="print-slips"),
    path("print/all/", parcels.print_all, name="print-all"),
    path("labels/", labels.labels.view, name="labels"),
    path("labels/<int:label_id>/", labels.label, name="label"),
    path("labels/<int:label_id>/void/", labels.void, name="void"),
    path("labels/<int:label_id>/retry/", labels.retry, name="retry"),
    path("labels/<int:label_id>/reprint/", labels.reprint, name="reprint"),
    path("shipments/", labels.shipments.view, name="shipments"),
    path("shipments/<int:shipment_id>/", labels.shipment, name="shipment"),
    path("day/", day.day, name="day"),
    path("day/close/", day.close, name="close"),
    path("manifests/", day.manifests.view, name="manifests"),
    path("manifests/<int:manifest_id>/", day.manifest, name="manifest"),
    path("manifests/<int:manifest_id>/finish/", day.finish, name="finish"),
]
