"""Questions about picking."""

from __future__ import annotations

from packhorse.steps.picking.selectors.board import (
    cut_off_rows,
    day_begins,
    metres_per_line,
    policy,
    urgencies,
    wave,
    wave_by_number,
    wave_orders,
    waveless,
    waves,
)
from packhorse.steps.picking.selectors.floor import picks_by_cell, walkers
from packhorse.steps.picking.selectors.shelf import order_in_tote, single_piece_orders, totes_by_code, totes_ready_count, totes_ready_to_pack
from packhorse.steps.picking.selectors.walks import (
    batch,
    batch_on_cart,
    batch_page,
    batches,
    check_totes_free,
    counts,
    free_units,
    next_planned,
    open_batch_of,
    recorded,
    resolve,
    totes_needed,
    walks_of_wave,
)
from packhorse.steps.picking.selectors.work import releasable, rest_to_pick, tasks, tasks_of_order, unbatched, unbatched_count, waiting_releases

__all__ = [
    "batch",
    "batch_on_cart",
    "batch_page",
    "batches",
    "check_totes_free",
    "counts",
    "cut_off_rows",
    "day_begins",
    "free_units",
    "metres_per_line",
    "next_planned",
    "open_batch_of",
    "order_in_tote",
    "picks_by_cell",
    "policy",
    "recorded",
    "releasable",
    "resolve",
    "rest_to_pick",
    "single_piece_orders",
    "tasks",
    "tasks_of_order",
    "totes_by_code",
    "totes_needed",
    "totes_ready_count",
    "totes_ready_to_pack",
    "unbatched",
    "unbatched_count",
    "urgencies",
    "waiting_releases",
    "walkers",
    "walks_of_wave",
    "wave",
    "wave_by_number",
    "wave_orders",
    "waveless",
    "waves",
]
