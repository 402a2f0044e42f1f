"""Cells and charts show values exactly, in the reader's language, and never as markup."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils import timezone, translation

from packhorse.core import clock
from packhorse.core.money import Money
from packhorse.core.web import cells, charts

NOW = dt.datetime(2026, 3, 10, 12, 0, tzinfo=dt.UTC)


def test_money_has_its_currency_its_sign_and_the_readers_format() -> None:
    assert cells.show_money(Money(-123456789, "CAD")) == '<span class="money">\u22121,234,567.89 <abbr>CAD</abbr></span>'
    assert "1,235 <abbr>JPY" in cells.show_money(Money(1235, "JPY"))
    with translation.override("fr"):
        assert "1\xa0234,50" in cells.show_money(Money(123450, "CAD")).replace("\u202f", "\xa0")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(10, "just now"), (300, "5 min ago"), (-300, "in 5 min"), (7200, "2 h ago"), (86400, "1 day ago"), (3 * 86400, "3 days ago"), (-2 * 86400, "in 2 days")],
)
def test_moments_are_relative(seconds: int, said: str) -> None:
    assert cells.relative(NOW - dt.timedelta(seconds=seconds), NOW) == said


def test_moments_are_exact_on_hover_in_the_zone() -> None:
    with timezone.override(zoneinfo.ZoneInfo("America/Montreal")), clock.using(clock.VirtualClock(NOW)):
        assert cells.show_moment(NOW) == '<time datetime="2026-03-10T12:00:00+00:00" title="2026-03-10 08:00 EDT">just now</time>'


def test_nothing_is_markup() -> None:
    row = {"name": "<script>", "id": 1}
    assert cells.text("name")(row) == '<span class="code">&lt;script&gt;</span>'
    assert "<script>" not in charts.bars("<script>", [charts.Bar("<script>", 3, '"><script>')])


def test_states_have_word_icon_and_tone() -> None:
    shown = cells.show(cells.badge("in_transit"))
    assert 'class="badge busy"' in shown
    assert "In transit" in shown
    assert "<svg" in shown


def test_weights_progress_and_nothing() -> None:
    assert "950 <abbr>g" in cells.show_weight(950)
    assert "1.25 <abbr>kg" in cells.show_weight(1250)
    assert 'value="3" max="3"' in cells.show_progress(5, 3)
    assert cells.show(None) == cells.NOTHING
    assert cells.plain(Money(1205, "CAD")) == "12.05 CAD"
    assert cells.plain(Decimal("1.50")) == "1.50"


@pytest.mark.parametrize(("top", "wanted"), [(0, (1, 1)), (7, (8, 2)), (102, (125, 25)), (0.3, (0.3, 0.1)), (1_000_000, (1_000_000, 200_000)), (42, (50, 10))])
def test_scales_are_round(top: float, wanted: tuple[float, float]) -> None:
    assert charts._nice(top) == pytest.approx(wanted)


def test_charts_are_well_formed_say_what_they_show_and_keep_their_figures() -> None:
    for drawn in (
        charts.bars("Day", [charts.Bar("Mon", 3), charts.Bar("Tue", 0)]),
        charts.stacked("Day", ["a", "b"], [charts.Stack("Mon", (1, 2))]),
        charts.line("Day", [charts.Point("Mon", 3, 2, 4), charts.Point("Tue", None, 2, 4)], second=[charts.Point("Mon", 1)], names=("f", "a")),
    ):
        figure = ElementTree.fromstring(drawn)  # noqa: S314 - our own
        assert figure.find(".//svg/title") is not None
        assert figure.find(".//table") is not None
    assert charts.sparkline("x", [1]) == ""
    assert "Nothing to show yet." in charts.bars("Day", [])
