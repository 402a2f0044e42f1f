"""What happened, told on a terminal."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from packhorse.core.money import Money


def _money(minor: int, currency: str = "GBP") -> str:
    return str(Money(minor, currency))


def _pairs(found: dict[str, Any]) -> str:
    return ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in found.items()) or "none"


def rows(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """The figures as (what, said) pairs."""
    units, walks, parcels, postage, delivery, money = (answer[name] for name in ("units", "picking", "parcels", "postage", "delivery", "money"))
    lots = answer["lots"]
    saved = 100 * (1 - walks["metres"] / walks["metres_s_shape"]) if walks["metres_s_shape"] else 0.0
    return [
        ("Orders", f"{answer['orders']['taken']:,} taken ({answer['orders']['quarantined']} in quarantine): {_pairs(answer['orders']['by_outcome'])}"),
        ("Units", _pairs(units)),
        ("Received", f"{answer['received']['units']:,} units on {answer['received']['purchase_orders']} purchase orders"),
        (
            "Walked",
            (
                f"{walks['metres']:,} m on {walks['walks']} walks with {walks['stops']:,} stops, {walks['short']} picks short"
                f" (S-shape {walks['metres_s_shape']:,} m, {saved:.1f} % saved; order by order {walks['metres_order_by_order']:,} m)"
            ),
        ),
        ("Lots", f"{lots['units']:,} units from {lots['lots']} lots; first expired first: {lots['first_expired_first']:,} of {lots['picks']:,} picks"),
        (
            "Boxes",
            f"{parcels['packed']:,} parcels, {parcels['fill_percent']} % full on average, material {_money(parcels['material_minor'])}: {_pairs(parcels['boxes'])}",
        ),
        ("Postage", f"{postage['labels']:,} labels, {_money(postage['out_minor'])} out, {_money(postage['back_minor'])} back"),
        ("Delivery", f"{delivery['on_time_percent']} % on time, {delivery['exceptions']} exceptions: {_pairs(delivery['by_status'])}"),
        ("Returns", f"{_pairs(answer['returns']['by_state'])}; units {_pairs(answer['returns']['units'])}; {answer['returns']['tickets']} tickets"),
        ("Mails", _pairs(answer["messages"])),
        ("Money", f"{_money(money['ordered_minor'])} ordered, {_money(money['in_minor'])} captured, {_money(money['out_minor'])} refunded"),
    ]


def tell(answer: dict[str, Any], seconds: float) -> None:
    """Print the figures and the proof."""
    console = Console(file=sys.stdout)
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for what, said in rows(answer):
        table.add_row(what, said)
    if "import" in answer:
        table.add_row("File", _pairs(answer["import"]["lines"]) + " lines")
    console.print(table)
    wrong = {name: n for name, n in answer["proof"]["checks"].items() if n}
    if answer["reconciled"]:
        console.print(
            f"[green]The books agree[/green]: levels = moves, promises, allocations and counters, captured = shipped + charges, refunded = returns + adjustments. {seconds:.0f} s"
        )
    else:
        console.print(f"[red]The books do not agree[/red]: {wrong or answer['proof']}")
