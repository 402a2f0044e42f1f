"""What shipping does by the clock."""

from __future__ import annotations

from uuid import UUID

from packhorse.core.actors import system
from packhorse.core.jobs import job
from packhorse.steps.shipping import services

_ACTOR = system("shipping")


@job(every="* * * * *", lock="shipping.buy_labels")
def buy_labels(*, key: UUID) -> None:  # noqa: ARG001 - every label has a key of its own
    """Ask carriers for the labels that wait, a hundred at a time, until none does."""
    while services.buy_labels(actor=_ACTOR):
        pass


@job(every="*/5 * * * *", lock="shipping.void_labels")
def void_labels(*, key: UUID) -> None:  # noqa: ARG001 - a label is voided once
    """Ask carriers to take back the labels that are to be voided."""
    services.void_labels(actor=_ACTOR)


@job(every="* * * * *", lock="shipping.finish_manifests")
def finish_manifests(*, key: UUID) -> None:  # noqa: ARG001 - a manifest is handed over once, by its own key
    """Finish manifests whose worker died, or whose carrier did not answer, halfway."""
    services.finish_manifests(actor=_ACTOR)
