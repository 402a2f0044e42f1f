"""The use cases of packing."""

from __future__ import annotations

from packhorse.steps.packing.services.proposing import propose
from packhorse.steps.packing.services.sealing import drop_cancelled, seal_parcel, void_parcel

__all__ = ["drop_cancelled", "propose", "seal_parcel", "void_parcel"]
