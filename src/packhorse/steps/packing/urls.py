"""The pages of packing, at /packing/."""

from __future__ import annotations

from django.urls import path

from packhorse.steps.packing.pages import bench, parcels

app_name = "packing"

_ORDER = "orders/<int:fulfillment_order_id>/"
_PARCEL = "parcels/<int:parcel_id>/"

urlpatterns = [
    path("", bench.bench.view, name="list"),
    path("codes.pdf", bench.commands, name="commands"),
    path("scan/", bench.scan, name="scan"),
    path(_ORDER, bench.order, name="order"),
    path(f"{_ORDER}load.svg", bench.load, name="load"),
    path(f"{_ORDER}pack-as-is/", bench.pack_as_is, name="pack-as-is"),
    path(f"{_ORDER}pack-in/", bench.pack_in, name="pack-in"),
    path("changed-boxes/", bench.changed_boxes.view, name="changed-boxes"),
    path("parcels/", parcels.parcels.view, name="parcels"),
    path(_PARCEL, parcels.parcel, name="parcel"),
    path(f"{_PARCEL}open/", parcels.void, name="void"),
    path(f"{_PARCEL}weigh/", parcels.weigh, name="weigh"),
    path(f"{_PARCEL}number.pdf", parcels.label, name="parcel-label"),
]
