"""The pages of packing, at /packing/."""

from __future__ import annotations

from django.urls import path

from packhorse.steps.packing.pages import advice, bench, materials, papers, parcels

app_name = "packing"

_ORDER = "orders/<int:fulfillment_order_id>/"
_MATERIAL = "materials/<int:material_id>/"
_PARCEL = "parcels/<int:parcel_id>/"

urlpatterns = [
    path("", bench.bench.view, name="list"),
    path("codes.pdf", bench.commands, name="commands"),
    path("scan/", bench.scan, name="scan"),
    path(_ORDER, bench.order, name="order"),
    path(f"{_ORDER}slips.pdf", papers.order_slips, name="order-slips"),
    path(f"{_ORDER}load.svg", bench.load, name="load"),
    path(f"{_ORDER}pack-as-is/", bench.pack_as_is, name="pack-as-is"),
    path(f"{_ORDER}pack-in/", bench.pack_in, name="pack-in"),
    path("changed-boxes/", bench.changed_boxes.view, name="changed-boxes"),
    path("advice/", advice.advice, name="advice"),
    path("advice/compute/", advice.compute, name="compute-advice"),
    path("materials/", materials.materials.view, name="materials"),
    path("materials/new/", materials.new_material, name="new-material"),
    path("materials/boxes/", materials.count_boxes_page, name="count-boxes"),
    path("materials/boxes/start/", materials.start_counting, name="start-counting"),
    path(_MATERIAL, materials.material, name="material"),
    path(f"{_MATERIAL}received/", materials.received, name="received"),
    path(f"{_MATERIAL}counted/", materials.counted, name="counted"),
    path(f"{_MATERIAL}reorder/", materials.reorder, name="reorder"),
    path(f"{_MATERIAL}rule/", materials.rule, name="rule"),
    path(f"{_MATERIAL}archive/", materials.archive_material, name="archive-material"),
    path("rules/<int:rule_id>/end/", materials.end_rule, name="end-rule"),
    path("procedures/", materials.procedures.view, name="procedures"),
    path("procedures/item/", materials.procedure, name="procedure"),
    path("policies/", materials.policies.view, name="policies"),
    path("policies/<int:client_id>/", materials.policy, name="policy"),
    path("parcels/slips.pdf", papers.slips, name="slips"),
    path("parcels/slips/", papers.print_slips, name="print-slips"),
    path("parcels/contents.pdf", papers.contents, name="contents"),
    path("parcels/contents/", papers.print_contents, name="print-contents"),
    path("parcels/sscc.pdf", papers.sscc_labels, name="sscc-labels"),
    path("parcels/sscc/", papers.print_sscc_labels, name="print-sscc-labels"),
    path("waves/<int:wave_id>/slips.pdf", papers.wave_slips, name="wave-slips"),
    path("waves/<int:wave_id>/slips/", papers.print_wave_slips, name="print-wave-slips"),
    path("units/<int:location_id>/contents.pdf", papers.unit_contents, name="unit-contents"),
    path("parcels/", parcels.parcels.view, name="parcels"),
    path(_PARCEL, parcels.parcel, name="parcel"),
    path(f"{_PARCEL}open/", parcels.void, name="void"),
    path(f"{_PARCEL}weigh/", parcels.weigh, name="weigh"),
    path(f"{_PARCEL}slip.pdf", papers.parcel_slip, name="parcel-slip"),
    path(f"{_PARCEL}contents.pdf", papers.parcel_contents, name="parcel-contents"),
    path(f"{_PARCEL}sscc.pdf", papers.parcel_sscc, name="parcel-sscc"),
    path(f"{_PARCEL}number.pdf", parcels.label, name="parcel-label"),
]
