"""The pages of stock, at /inventory/."""

from __future__ import annotations

from django.urls import path

from packhorse.steps.inventory.pages import floor, purchasing, relocating, stock, transferring

app_name = "inventory"

_ORDER = "purchase-orders/<int:purchase_order_id>/"

urlpatterns = [
    path("", stock.items.view, name="list"),
    path("items/<int:item_id>/", stock.item, name="item"),
    path("items/<int:item_id>/adjust/", stock.adjust, name="adjust"),
    path("items/<int:item_id>/move/", stock.move, name="move"),
    path("lots/", stock.lots.view, name="lots"),
    path("lots/<int:lot_id>/", stock.lot, name="lot"),
    path("lots/<int:lot_id>/hold/", stock.hold_lot, name="hold-lot"),
    path("lots/<int:lot_id>/recall/", stock.recall_lot, name="recall-lot"),
    path("lots/<int:lot_id>/free/", stock.free_lot, name="free-lot"),
    path("months/", stock.months, name="months"),
    path("shortfalls/", stock.shortfalls.view, name="shortfalls"),
    path("reservations/", stock.reservations.view, name="reservations"),
    path("purchase-orders/", purchasing.purchase_orders.view, name="purchase-orders"),
    path("purchase-orders/new/", purchasing.new_purchase_order, name="new-purchase-order"),
    path(_ORDER, purchasing.purchase_order, name="purchase-order"),
    path(f"{_ORDER}receive/", purchasing.receive, name="receive"),
    path(f"{_ORDER}send/", purchasing.send, name="send"),
    path(f"{_ORDER}confirm/", purchasing.confirm, name="confirm"),
    path(f"{_ORDER}arrive/", purchasing.arrive, name="arrive"),
    path(f"{_ORDER}close/", purchasing.close, name="close"),
    path("reorder/", purchasing.reorder.view, name="reorder"),
    path("suppliers/", purchasing.suppliers.view, name="suppliers"),
    path("suppliers/new/", purchasing.new_supplier, name="new-supplier"),
    path("transfers/", transferring.transfers.view, name="transfers"),
    path("transfers/<int:transfer_id>/", transferring.transfer, name="transfer"),
    path("transfers/new/", transferring.send, name="send-transfer"),
    path("transfers/<int:transfer_id>/receive/", transferring.receive, name="receive-transfer"),
    path("transfers/<int:transfer_id>/close/", transferring.close, name="close-transfer"),
    path("put-away/", floor.put_away.view, name="put-away"),
    path("put-away/many/", floor.put_many, name="put-many"),
    path("put-away/scan/", floor.scan_put_away, name="scan-put-away"),
    path("put-away/<int:task_id>/", floor.put_away_task, name="put-away-task"),
    path("put-away/<int:task_id>/put/", floor.put, name="put"),
    path("put-away/<int:task_id>/cancel/", floor.cancel_put_away, name="cancel-put-away"),
    path("relocations/", relocating.relocations.view, name="relocations"),
    path("relocations/replenish/", relocating.replenish, name="replenish"),
    path("relocations/scan/", relocating.scan, name="scan-relocate"),
    path("relocations/<int:relocation_id>/", relocating.relocation, name="relocation"),
    path("relocations/<int:relocation_id>/claim/", relocating.claim, name="claim-relocation"),
    path("relocations/<int:relocation_id>/brought/", relocating.relocate, name="relocate"),
    path("relocations/<int:relocation_id>/short/", relocating.short, name="relocate-short"),
    path("relocations/<int:relocation_id>/cancel/", relocating.cancel, name="cancel-relocation"),
    path("pick-faces/", relocating.pick_faces.view, name="pick-faces"),
    path("pick-faces/set/", relocating.set_pick_faces, name="set-pick-faces"),
    path("counts/", floor.counts.view, name="counts"),
    path("counts/new/", floor.new_count, name="new-count"),
    path("counts/scan/", floor.scan_count, name="scan-count"),
    path("counts/approve/", floor.approve_many, name="approve-many"),
    path("counts/<int:count_id>/", floor.count, name="count"),
    path("counts/<int:count_id>/approve/", floor.approve, name="approve"),
    path("counts/<int:count_id>/again/", floor.count_again, name="count-again"),
]
