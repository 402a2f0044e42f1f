"""The advisor finds the box sizes that cost least for past orders: as good as trying every set, and its saving is what packing the orders again costs less."""

from __future__ import annotations

import itertools
import json
from io import StringIO
from random import Random
from uuid import uuid4

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import Invalid, KeyReused, NotAllowed
from packhorse.ground.people.types import Grant
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.kernels.packing import problem as kernel
from packhorse.kernels.packing.medians import medians
from packhorse.steps.packing import jobs, selectors, services
from packhorse.steps.packing.services import advising
from packhorse.steps.packing.types import PastLoad, PastPiece
from tests.build import HOUSE, actor
from tests.steps.orders.test_doors import browser, post
from tests.steps.packing.test_materials import pack
from tests.steps.picking.build import at_bench, make_box, shop_with


def box(name: str, inner: tuple[int, int, int], cost: float) -> kernel.Box:
    return kernel.Box(name, inner, (inner[0] + 10, inner[1] + 10, inner[2] + 10), 100, 20_000, cost)


#: One box for all that is far too large for most.
LARGE = box("LARGE", (600, 400, 400), 200)
SMALL = box("SMALL", (300, 200, 200), 60)
LOADS = [
    PastLoad((PastPiece((250, 180, 40), 400, 1),), 50),
    PastLoad((PastPiece((120, 90, 30), 150, 2),), 30),
    PastLoad((PastPiece((380, 280, 90), 900, 1),), 20),
]


def test_as_many_sizes_as_loads_fit_each_load_and_save_what_packing_them_again_says() -> None:
    advice = services.advise(LOADS, [SMALL, LARGE], 3)
    assert (advice.orders, advice.loads, advice.proposed.sizes, advice.proposed.parcels, advice.today.parcels) == (100, 3, 3, 100, 100)
    assert sorted(b.parcels for b in advice.boxes) == [20, 30, 50]
    for f in (advice.today, advice.proposed):
        assert f.cost_minor == f.material_minor + f.fill_minor + f.shipping_minor
    assert advice.saving_minor == advice.today.cost_minor - advice.proposed.cost_minor > 0
    assert advice.proposed.air_l < advice.today.air_l
    assert advice.proposed.cardboard_m2 < advice.today.cardboard_m2


def test_with_fewer_sizes_it_saves_less_and_todays_set_is_never_beaten_by_a_worse_one() -> None:
    savings = [services.advise(LOADS, [SMALL, LARGE], n).saving_minor for n in (1, 2, 3)]
    assert savings == sorted(savings)
    assert savings[1] >= 0, "today's two sizes are candidates too"


def test_what_air_costs_counts() -> None:
    free, dear = services.advise(LOADS, [SMALL, LARGE], 2), services.advise(LOADS, [SMALL, LARGE], 2, 30.0)
    assert free.proposed.fill_minor == 0
    assert dear.today.fill_minor == pytest.approx(dear.today.air_l * 30, abs=3)
    assert dear.saving_minor > free.saving_minor


def test_a_load_that_no_chosen_size_holds_goes_as_it_does_today() -> None:
    many = PastLoad((PastPiece((500, 350, 350), 5000, 3),), 1)
    advice = services.advise([*LOADS, many], [SMALL, LARGE], 1)
    assert advice.proposed.parcels >= 103
    assert advice.orders == 101


def test_a_size_that_alone_holds_the_largest_piece_stays_in_the_set() -> None:
    rare = PastLoad((PastPiece((590, 380, 380), 4000, 1),), 1)
    advice = services.advise([*LOADS, rare], [SMALL, LARGE], 2)
    assert sum(b.parcels for b in advice.boxes) == advice.proposed.parcels == 101, "nothing goes in a box that is not in the set"


def test_as_many_sizes_as_today_never_cost_more_than_todays() -> None:
    dice = Random(5)  # noqa: S311 - a test
    boxes = [box(f"B{n}", (150 + 70 * n, 110 + 50 * n, 60 + 50 * n), 30 + 30 * n) for n in range(7)]
    for _ in range(4):
        loads = [
            PastLoad(
                (PastPiece((dice.randint(40, 500), dice.randint(40, 360), dice.randint(20, 300)), dice.randint(50, 4000), dice.choice((1, 1, 2))),),
                dice.randint(1, 9),
            )
            for _ in range(60)
        ]
        assert services.advise(loads, boxes, 7).saving_minor >= 0


def test_it_is_as_good_as_trying_every_set() -> None:
    dice = Random(7)  # noqa: S311 - a test
    for _ in range(20):
        times = [dice.randint(1, 9) for _ in range(9)]
        costs = [[dice.choice([None, float(dice.randint(50, 300))]) for _ in range(8)] for _ in times]
        fallback = [float(dice.randint(100, 320)) for _ in times]

        def total(
            chosen: tuple[int, ...] | list[int], costs: list[list[float | None]] = costs, fallback: list[float] = fallback, times: list[int] = times
        ) -> float:
            return sum(t * min([f, *(c for i in chosen if (c := row[i]) is not None)]) for row, f, t in zip(costs, fallback, times, strict=True))

        best = min(total(chosen) for chosen in itertools.combinations(range(8), 3))
        matrix = np.array([[f if c is None else min(c, f) for c in row] for row, f in zip(costs, fallback, strict=True)])
        found = total(medians(matrix, times, 3))
        assert best <= found <= best * 1.01


def test_a_box_by_its_cardboard() -> None:
    made = advising._Made.of([SMALL, LARGE])
    assert made.box(SMALL.inner_mm).cost == pytest.approx(60, abs=0.5)
    assert made.box(LARGE.inner_mm).cost == pytest.approx(200, abs=0.5)
    # (310 + 210) × 2 × 210 around, 310 × 210 four times
    assert advising.area_m2((310, 210, 210)) == pytest.approx(0.2184 + 0.2604)


def test_without_anything_to_learn_from_it_is_refused() -> None:
    for loads, boxes, sizes in (([], [SMALL], 1), (LOADS, [], 1), (LOADS, [SMALL], 0), (LOADS, [SMALL], 31)):
        with pytest.raises(Invalid):
            services.advise(loads, boxes, sizes)


@pytest.mark.django_db
def test_from_past_orders_by_command_by_job_and_on_the_page() -> None:
    shop = shop_with({"SKU-1": 9, "SKU-2": 9})
    make_box(inner=(500, 400, 300))
    at_bench(shop, {"SKU-1": 1}, {"SKU-1": 1}, {"SKU-1": 2, "SKU-2": 1})
    for _ in range(3):
        pack(shop)
    loads = selectors.past_loads(EVERYTHING, shop.warehouse_id, 30)
    assert [(load.times, sum(p.quantity for p in load.pieces)) for load in loads] == [(2, 1), (1, 3)]
    assert selectors.past_loads(actor("client", client_id=shop.client_id + 10**6).scope, shop.warehouse_id, 30) == []

    out = StringIO()
    code = warehouses.warehouse(EVERYTHING, shop.warehouse_id).code
    call_command("advise", warehouse=code, sizes=2, as_json=True, stdout=out)
    said = json.loads(out.getvalue())
    assert (said["orders"], said["proposed"]["sizes"]) == (3, 2)
    out = StringIO()
    call_command("advise", warehouse=code, sizes=2, stdout=out)
    assert "saving:" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("advise", warehouse="NOWHERE")
    with pytest.raises(CommandError):
        call_command("advise", warehouse=code, sizes=99)

    manager = browser(Grant("manager"))
    assert "Nothing was computed yet." in manager.get("/packing/advice/").content.decode()
    assert post(manager, "/packing/advice/compute/", warehouse_id=shop.warehouse_id, sizes=2, days=30).status_code == 303
    key = uuid4()
    jobs.advise(key=key, warehouse_id=shop.warehouse_id, days=30, sizes=2)
    (kept,) = [k for k in selectors.last_advice(EVERYTHING) if k.warehouse_id == shop.warehouse_id]
    assert (kept.advice.orders, kept.advice.saving_minor) == (3, said["today"]["cost_minor"] - said["proposed"]["cost_minor"])
    shown = manager.get("/packing/advice/").content.decode()
    assert all(text in shown for text in ("less for 3 orders of 30 days", f"{code}: today and the best found", f"{code}: the sizes proposed"))
    again = services.keep_advice(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, days=31, advice=kept.advice)
    assert services.keep_advice(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, days=31, advice=kept.advice) == again
    with pytest.raises(KeyReused):
        services.keep_advice(key=key, actor=HOUSE, warehouse_id=shop.warehouse_id, days=32, advice=kept.advice)
    with pytest.raises(NotAllowed):
        services.keep_advice(key=uuid4(), actor=actor("packer"), warehouse_id=shop.warehouse_id, days=30, advice=kept.advice)
    with pytest.raises(NotAllowed):
        services.keep_advice(key=uuid4(), actor=actor("manager", client_id=shop.client_id), warehouse_id=shop.warehouse_id, days=30, advice=kept.advice)
    assert browser(Grant("packer")).get("/packing/advice/").status_code == 403
    assert browser(Grant("manager", client_id=shop.client_id)).get("/packing/advice/").status_code == 403
