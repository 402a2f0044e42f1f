"""The use cases of shipping, and what asks carriers around them."""

from __future__ import annotations

from packhorse.steps.shipping.services.bench_printing import print_labels
from packhorse.steps.shipping.services.buying import buy_labels, claim_labels, record_labels
from packhorse.steps.shipping.services.choosing import ask_for_services, choose_services, record_services, record_unquoted
from packhorse.steps.shipping.services.loading import load_parcel, note_printed
from packhorse.steps.shipping.services.manifests import close_manifest, finish_manifest, finish_manifests, hand_over, open_manifest
from packhorse.steps.shipping.services.printing import What, papers
from packhorse.steps.shipping.services.voiding import ask_void, record_voids, retry_label, retry_labels, void_labels, void_of_parcels

__all__ = [
    "What",
    "ask_for_services",
    "ask_void",
    "buy_labels",
    "choose_services",
    "claim_labels",
    "close_manifest",
    "finish_manifest",
    "finish_manifests",
    "hand_over",
    "load_parcel",
    "note_printed",
    "open_manifest",
    "papers",
    "print_labels",
    "record_labels",
    "record_services",
    "record_unquoted",
    "record_voids",
    "retry_label",
    "retry_labels",
    "void_labels",
    "void_of_parcels",
]
