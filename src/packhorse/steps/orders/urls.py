"""URLs of orders, under /orders/."""

from __future__ import annotations

from django.urls import path

from packhorse.steps.orders import intake_pages, pages

app_name = "orders"
urlpatterns = [
    path("", pages.orders.view, name="list"),
    path("new/", pages.new_order, name="new"),
    path("hold/", pages.hold_many, name="hold-many"),
    path("cancel/", pages.cancel_many, name="cancel-many"),
    path("<int:order_id>/", pages.order, name="order"),
    path("<int:order_id>/cancel/", pages.cancel, name="cancel"),
    path("<int:order_id>/cancel-lines/", pages.cancel_lines, name="cancel-lines"),
    path("<int:order_id>/quantities/", pages.change_quantities, name="quantities"),
    path("<int:order_id>/address/", pages.change_address, name="address"),
    path("<int:order_id>/service/", pages.change_service, name="service"),
    path("<int:order_id>/payment/", pages.retry_payment, name="retry-payment"),
    path("fulfillment/<int:fulfillment_order_id>/hold/", pages.hold, name="hold"),
    path("holds/<int:hold_id>/release/", pages.release_hold, name="release-hold"),
    path("quarantine/", intake_pages.quarantine.view, name="quarantine"),
    path("quarantine/<int:quarantined_id>/", intake_pages.quarantined, name="quarantined"),
    path("quarantine/<int:quarantined_id>/mend/", intake_pages.mend, name="mend"),
    path("quarantine/<int:quarantined_id>/discard/", intake_pages.discard, name="discard"),
    path("imports/", intake_pages.imports.view, name="imports"),
    path("imports/new/", intake_pages.import_orders, name="import"),
    path("imports/<int:run_id>/", intake_pages.import_run, name="import-run"),
]
