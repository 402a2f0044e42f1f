"""URLs of delivery, under /delivery/; the customer's page under /t/."""

from __future__ import annotations

from django.urls import path

from packhorse.steps.delivery.pages import deliveries, tracking, troubles

app_name = "delivery"
urlpatterns = [
    path("", deliveries.deliveries.view, name="list"),
    path("<int:delivery_id>/", deliveries.delivery, name="delivery"),
    path("<int:delivery_id>/claim/", deliveries.open_claim, name="open-claim"),
    path("exceptions/", troubles.exceptions.view, name="exceptions"),
    path("exceptions/<int:exception_id>/", troubles.exception, name="exception"),
    path("exceptions/<int:exception_id>/close/", troubles.close_exception, name="close-exception"),
    path("claims/", troubles.claims.view, name="claims"),
    path("claims/<int:claim_id>/", troubles.claim, name="claim"),
    path("claims/<int:claim_id>/move/", troubles.move_claim, name="move-claim"),
    path("carriers/", deliveries.carriers, name="carriers"),
]

public_urlpatterns = [
    path("<str:token>", tracking.tracking, name="tracking"),
    path("<str:token>/feedback", tracking.feedback, name="feedback"),
    path("<str:token>/brand.css", tracking.brand, name="brand"),
]
