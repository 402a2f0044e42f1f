"""The use cases of picking."""

from __future__ import annotations

from packhorse.steps.picking.services.batches import finish_batch, record_batches, start_batch, take_over_batch, undo_batch
from packhorse.steps.picking.services.breaking_in import break_in, record_break_in
from packhorse.steps.picking.services.congestion import set_aisle_limits
from packhorse.steps.picking.services.floor import SHORT_REASONS, confirm_stop, report_short
from packhorse.steps.picking.services.in_the_way import answer_call, call_lead, confirm_by_look, leave_out_of_reach, mark_labelled
from packhorse.steps.picking.services.leaving import check_zero, pause_batch
from packhorse.steps.picking.services.long_plans import MOST_S, ask_long_plan, end_long_plan, stop_long_plan, work_out
from packhorse.steps.picking.services.looking_ahead import look_ahead
from packhorse.steps.picking.services.means import drop_cart_type, drop_worker_type, set_cart_type, set_carts, set_worker_type
from packhorse.steps.picking.services.planning import plan_batches
from packhorse.steps.picking.services.reacting import drop_cancelled, replan_broken
from packhorse.steps.picking.services.releasing import release_orders, release_rest, undo_release
from packhorse.steps.picking.services.slotting import accept_slotting, advise_for, advise_slots, keep_slotting
from packhorse.steps.picking.services.sorting import empty_slot, give_slot, put_in_slot, report_tote_empty
from packhorse.steps.picking.services.swapping import swap_lot
from packhorse.steps.picking.services.totes import change_tote, consolidate_totes, unload_tote
from packhorse.steps.picking.services.waves import MOST, keep_workable, release_wave, set_picking_policy, undo_wave
from packhorse.steps.picking.stops import read_stop

__all__ = [
    "MOST",
    "MOST_S",
    "SHORT_REASONS",
    "accept_slotting",
    "advise_for",
    "advise_slots",
    "answer_call",
    "ask_long_plan",
    "break_in",
    "call_lead",
    "change_tote",
    "check_zero",
    "confirm_by_look",
    "confirm_stop",
    "consolidate_totes",
    "drop_cancelled",
    "drop_cart_type",
    "drop_worker_type",
    "empty_slot",
    "end_long_plan",
    "finish_batch",
    "give_slot",
    "keep_slotting",
    "keep_workable",
    "leave_out_of_reach",
    "look_ahead",
    "mark_labelled",
    "pause_batch",
    "plan_batches",
    "put_in_slot",
    "read_stop",
    "record_batches",
    "record_break_in",
    "release_orders",
    "release_rest",
    "release_wave",
    "replan_broken",
    "report_short",
    "report_tote_empty",
    "set_aisle_limits",
    "set_cart_type",
    "set_carts",
    "set_picking_policy",
    "set_worker_type",
    "start_batch",
    "stop_long_plan",
    "swap_lot",
    "take_over_batch",
    "undo_batch",
    "undo_release",
    "undo_wave",
    "unload_tote",
    "work_out",
]
