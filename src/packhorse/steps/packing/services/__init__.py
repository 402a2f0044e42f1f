"""The use cases of packing."""

from __future__ import annotations

from packhorse.steps.packing.services.advising import advise, keep_advice
from packhorse.steps.packing.services.cartons import cartons_for, plan_cartons, proposal
from packhorse.steps.packing.services.cutting import CUT, ask_for_box, cut_to_size
from packhorse.steps.packing.services.materials import (
    archive_material,
    count_boxes,
    count_material,
    end_rule,
    receive_material,
    save_material,
    save_rule,
    set_reorder,
    use_materials,
)
from packhorse.steps.packing.services.printing import print_papers
from packhorse.steps.packing.services.procedures import save_procedure, set_policy
from packhorse.steps.packing.services.proposing import in_box, new_parcel, problem_of, propose
from packhorse.steps.packing.services.sealing import drop_cancelled, pack_as_is, seal_parcel, void_parcel, weigh_parcel

__all__ = [
    "CUT",
    "advise",
    "archive_material",
    "ask_for_box",
    "cartons_for",
    "count_boxes",
    "count_material",
    "cut_to_size",
    "drop_cancelled",
    "end_rule",
    "in_box",
    "keep_advice",
    "new_parcel",
    "pack_as_is",
    "plan_cartons",
    "print_papers",
    "problem_of",
    "proposal",
    "propose",
    "receive_material",
    "save_material",
    "save_procedure",
    "save_rule",
    "seal_parcel",
    "set_policy",
    "set_reorder",
    "use_materials",
    "void_parcel",
    "weigh_parcel",
]
