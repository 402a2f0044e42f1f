"""The use cases of packing."""

from __future__ import annotations

from packhorse.steps.packing.services.proposing import in_box, new_parcel, problem_of, propose
from packhorse.steps.packing.services.sealing import drop_cancelled, pack_as_is, seal_parcel, void_parcel, weigh_parcel, weight_is_off

__all__ = ["drop_cancelled", "in_box", "new_parcel", "pack_as_is", "problem_of", "propose", "seal_parcel", "void_parcel", "weigh_parcel", "weight_is_off"]
