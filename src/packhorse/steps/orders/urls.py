"""URLs of orders, under /orders/."""

from __future__ import annotations

from django.urls import path

from packhorse.steps.orders.pages import intake, orders, recalls

app_name = "orders"
urlpatterns = [
    path("", orders.orders.view, name="list"),
    path("new/", orders.new_order, name="new"),
    path("hold/", orders.hold_many, name="hold-many"),
    path("cancel/", orders.cancel_many, name="cancel-many"),
    path("<int:order_id>/", orders.order, name="order"),
    path("<int:order_id>/cancel/", orders.cancel, name="cancel"),
    path("<int:order_id>/cancel-lines/", orders.cancel_lines, name="cancel-lines"),
    path("<int:order_id>/quantities/", orders.change_quantities, name="quantities"),
    path("<int:order_id>/address/", orders.change_address, name="address"),
    path("<int:order_id>/gift/", orders.change_gift, name="gift"),
    path("<int:order_id>/service/", orders.change_service, name="service"),
    path("<int:order_id>/payment/", orders.retry_payment, name="retry-payment"),
    path("fulfillment/<int:fulfillment_order_id>/hold/", orders.hold, name="hold"),
    path("fulfillment/<int:fulfillment_order_id>/terms/", orders.change_terms, name="terms"),
    path("fulfillment/<int:fulfillment_order_id>/split/", orders.split, name="split"),
    path("fulfillment/<int:fulfillment_order_id>/merge/", orders.merge, name="merge"),
    path("fulfillment/<int:fulfillment_order_id>/move/", orders.move, name="move"),
    path("lines/<int:fulfillment_line_id>/", orders.of_fulfillment_line, name="fulfillment-line"),
    path("holds/<int:hold_id>/release/", orders.release_hold, name="release-hold"),
    path("cancellations/<int:cancellation_id>/accept/", orders.accept_cancellation, name="accept-cancellation"),
    path("cancellations/<int:cancellation_id>/reject/", orders.reject_cancellation, name="reject-cancellation"),
    path("recalled/", recalls.recalled.view, name="recalled"),
    path("recalled/tell/", recalls.tell, name="tell-recalled"),
    path("quarantine/", intake.quarantine.view, name="quarantine"),
    path("quarantine/<int:quarantined_id>/", intake.quarantined, name="quarantined"),
    path("quarantine/<int:quarantined_id>/mend/", intake.mend, name="mend"),
    path("quarantine/<int:quarantined_id>/discard/", intake.discard, name="discard"),
    path("imports/", intake.imports.view, name="imports"),
    path("imports/new/", intake.import_orders, name="import"),
    path("imports/<int:run_id>/", intake.import_run, name="import-run"),
]
