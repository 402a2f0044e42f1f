"""The pages of picking, at /picking/."""

from __future__ import annotations

from django.urls import path

from packhorse.steps.picking.pages import board, congestion, floor, in_the_way, long_plans, means, paper, release, slotting, walks, walls, waves

app_name = "picking"

_BATCH = "batches/<int:batch_id>/"

urlpatterns = [
    path("", walks.walks.view, name="list"),
    path("release/", release.releasable.view, name="releasable"),
    path("release/many/", release.release_many, name="release-many"),
    path("release/all/<int:warehouse_id>/", release.release_all, name="release-all"),
    path("release/rest/<int:fulfillment_order_id>/", release.release_rest, name="release-rest"),
    path("waiting/", release.waiting.view, name="waiting"),
    path("waiting/undo/", release.undo_many, name="undo-many"),
    path("plan/", release.plan, name="plan"),
    path("plans/<int:plan_id>/", long_plans.long_plan, name="long-plan"),
    path("plans/<int:plan_id>/stop/", long_plans.stop, name="stop-plan"),
    path("unlabelled/", in_the_way.unlabelled.view, name="unlabelled"),
    path("unlabelled/done/", in_the_way.mark_labelled, name="mark-labelled"),
    path("calls/<int:call_id>/answer/", in_the_way.answer, name="answer-call"),
    path("floor/", floor.floors, name="floors"),
    path("floor/<int:warehouse_id>/", floor.floor, name="floor"),
    path("floor/<int:warehouse_id>/live/", floor.live, name="floor-live"),
    path("floor/<int:warehouse_id>/aisles/", congestion.aisles, name="aisles"),
    path("board/", board.boards, name="boards"),
    path("board/<int:warehouse_id>/", board.board, name="board"),
    path("board/<int:warehouse_id>/release/", board.release_wave, name="release-wave"),
    path("board/<int:warehouse_id>/policy/", board.set_policy, name="set-policy"),
    path("with/<int:warehouse_id>/", means.means, name="means"),
    path("with/<int:warehouse_id>/worker/", means.set_worker, name="set-worker"),
    path("with/<int:warehouse_id>/worker/drop/", means.drop_worker, name="drop-worker"),
    path("with/<int:warehouse_id>/cart-type/", means.set_cart_type, name="set-cart-type"),
    path("with/<int:warehouse_id>/cart-type/drop/", means.drop_cart_type, name="drop-cart-type"),
    path("with/<int:warehouse_id>/carts/", means.set_carts, name="set-carts"),
    path("walls/", walls.walls, name="walls"),
    path("walls/<int:wall_id>/", walls.wall, name="wall"),
    path("walls/<int:wall_id>/now/", walls.wall_now, name="wall-now"),
    path("waves/", waves.waves.view, name="waves"),
    path("waves/<int:wave_id>/", waves.wave, name="wave"),
    path("waves/<int:wave_id>/undo/", waves.undo_wave, name="undo-wave"),
    path("slotting/", slotting.slotting.view, name="slotting"),
    path("slotting/accept/", slotting.accept, name="accept-slotting"),
    path("slotting/compute/", slotting.compute, name="compute-slotting"),
    path("scan/", walks.scan, name="scan"),
    path(_BATCH, walks.batch, name="batch"),
    path(f"{_BATCH}start/", walks.start, name="start"),
    path(f"{_BATCH}confirm/", walks.confirm, name="confirm"),
    path(f"{_BATCH}short/", walks.short, name="short"),
    path(f"{_BATCH}swap-lot/", walks.swap_lot, name="swap-lot"),
    path(f"{_BATCH}finish/", walks.finish, name="finish"),
    path(f"{_BATCH}take-over/", walks.take_over, name="take-over"),
    path(f"{_BATCH}break-in/", walks.break_in, name="break-in"),
    path(f"{_BATCH}undo/", walks.undo, name="undo-batch"),
    path("lists.pdf", paper.pick_lists, name="pick-lists"),
    path("lists/", paper.print_pick_lists, name="print-pick-lists"),
    path(f"{_BATCH}pick-list.pdf", paper.pick_list, name="pick-list"),
]
