"""Charts as SVG made on the server: bars, stacked bars, a line with its band, a sparkline. Each has a title, a description, and its figures as a table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from packhorse.core.web.cells import Text

_W: Final = 640
_H: Final = 220
_LEFT: Final = 48
_BOTTOM: Final = 28
_TOP: Final = 10
_RIGHT: Final = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, value and, where it leads somewhere, the URL of its rows."""

    label: Text
    value: float
    url: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line; `low` and `high` are the band around it. `value` None: a gap (a forecast's past, a future's actual)."""

    label: Text
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar made of parts, in the order of the chart's series."""

    label: Text
    parts: tuple[float, ...]


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return formats.number_format(value, decimal_pos=0 if float(value).is_integer() else 1, use_l10n=True, force_grouping=True)


def _nice(top: float) -> tuple[float, float]:
    """A round top of the scale at or above `top`, and the step of its lines (1, 2 or 5 times a power of ten; about four lines)."""
    if top <= 0:
        return 1, 1
    power = 10.0 ** (len(str(int(top))) - 2) if top >= 1 else 0.01
    step = next(f * power * m for m in (1, 10, 100) for f in (1, 2, 2.5, 5) if top / (f * power * m) <= 5)
    lines = -(-top // step)
    return lines * step, step


def _frame(title: Text, text: Text, body: SafeString, top: float, step: float, *, linked: bool = False) -> SafeString:
    lines = []
    value = 0.0
    while value <= top + step / 1000:
        y = _y(value, top)
        lines.append((_LEFT, y, _W - _RIGHT, y, _LEFT - 6, y + 4, _number(value)))
        value += step
    grid = format_html_join("", '<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="tick end" x="{}" y="{}">{}</text>', lines)
    name = f"c{uuid4().hex[:8]}"
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="{}" aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}{}</svg>',
        _W, _H, "group" if linked else "img", name, name, name, title, name, text, grid, body,
    )  # fmt: skip


def _y(value: float, top: float) -> float:
    return round(_H - _BOTTOM - (_H - _BOTTOM - _TOP) * value / top, 1)


def _labels(labels: Sequence[Text], width: float) -> SafeString:
    """As many labels below the axis as fit."""
    every = max(1, -(-len(labels) * 54 // (_W - _LEFT - _RIGHT)))
    return format_html_join(
        "",
        '<text class="tick" x="{}" y="{}">{}</text>',
        ((round(_LEFT + width * (i + 0.5), 1), _H - 8, label) for i, label in enumerate(labels) if i % every == 0),
    )


def _table(head: Sequence[Any], rows: Sequence[Sequence[Any]]) -> SafeString:
    heads = format_html_join("", '<th scope="col">{}</th>', ((h,) for h in head))
    body = format_html_join("", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((c,) for c in row)),) for row in rows))
    return format_html(
        '<details class="figures"><summary>{}</summary><div class="scroll" tabindex="0" role="region" aria-label="{}"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details>',
        gettext("Figures"), gettext("Figures"), heads, body,
    )  # fmt: skip


def _figure(title: Text, svg: SafeString, table: SafeString, legend: SafeString | str = "") -> SafeString:
    return format_html('<figure class="chart-box"><figcaption>{}</figcaption>{}{}{}</figure>', title, legend, svg, table)


def _legend(names: Sequence[Text]) -> SafeString:
    return format_html('<ul class="legend">{}</ul>', format_html_join("", '<li class="s{}">{}</li>', ((i + 1, n) for i, n in enumerate(names))))


def bars(title: Text, values: Sequence[Bar], *, text: Text = "", unit: Text = "") -> SafeString:
    """Upright bars from zero."""
    if not values:
        return _nothing(title)
    top, step = _nice(max(b.value for b in values))
    if step < 1 and all(float(b.value).is_integer() for b in values):
        top, step = max(1.0, -(-top // 1)), 1.0
    width = (_W - _LEFT - _RIGHT) / len(values)
    gap = min(8.0, width * 0.2)
    drawn = []
    for i, bar in enumerate(values):
        y = _y(max(0.0, bar.value), top)
        rect = format_html(
            '<rect class="bar" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}: {} {}</title></rect>',
            round(_LEFT + i * width + gap / 2, 1), y, round(width - gap, 1), round(_H - _BOTTOM - y, 1), bar.label, _number(bar.value), unit,
        )  # fmt: skip
        drawn.append((format_html('<a href="{}">{}</a>', bar.url, rect) if bar.url else rect,))
    body = format_html("{}{}", format_html_join("", "{}", drawn), _labels([b.label for b in values], width))
    svg = _frame(title, text, body, top, step, linked=any(b.url for b in values))
    return _figure(title, svg, _table([gettext("What"), unit or gettext("Value")], [(b.label, _number(b.value)) for b in values]))


def stacked(title: Text, series: Sequence[Text], values: Sequence[Stack], *, text: Text = "") -> SafeString:
    """Bars whose parts are the series, from the bottom up. At most six series have a colour of their own."""
    assert len(series) <= 6, "at most six series"
    if not values:
        return _nothing(title)
    top, step = _nice(max(sum(s.parts) for s in values))
    width = (_W - _LEFT - _RIGHT) / len(values)
    gap = min(8.0, width * 0.2)
    drawn = []
    for i, stack in enumerate(values):
        at = 0.0
        for n, part in enumerate(stack.parts):
            if part <= 0:
                continue
            high, low = _y(at + part, top), _y(at, top)
            drawn.append(
                (n + 1, round(_LEFT + i * width + gap / 2, 1), high, round(width - gap, 1), round(low - high, 1), stack.label, series[n], _number(part))
            )
            at += part
    body = format_html(
        "{}{}",
        format_html_join("", '<rect class="s{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {} {}</title></rect>', drawn),
        _labels([s.label for s in values], width),
    )
    rows = [(s.label, *(_number(p) for p in s.parts)) for s in values]
    return _figure(title, _frame(title, text, body, top, step), _table([gettext("What"), *series], rows), _legend(series))


def _runs(points: Sequence[Point], keep: Any) -> list[list[int]]:
    runs: list[list[int]] = [[]]
    for i, point in enumerate(points):
        if keep(point):
            runs[-1].append(i)
        elif runs[-1]:
            runs.append([])
    return [r for r in runs if r]


def line(title: Text, points: Sequence[Point], *, second: Sequence[Point] = (), names: tuple[Text, Text] | None = None, text: Text = "") -> SafeString:
    """A line, with a band where points have one, and a second line over the same labels (say: what happened against what was forecast)."""
    if not points:
        return _nothing(title)
    top, step = _nice(max((v for p in (*points, *second) for v in (p.value, p.high) if v is not None), default=1))
    width = (_W - _LEFT - _RIGHT) / len(points)

    def x(i: int) -> float:
        return round(_LEFT + width * (i + 0.5), 1)

    parts = []
    for run in _runs(points, lambda p: p.low is not None and p.high is not None):
        there = [f"{x(i)},{_y(points[i].high or 0, top)}" for i in run]
        back = [f"{x(i)},{_y(max(0.0, points[i].low or 0), top)}" for i in reversed(run)]
        parts.append(format_html('<polygon class="band" points="{}"/>', " ".join(there + back)))
    for n, some in enumerate((points, second)):
        for run in _runs(some, lambda p: p.value is not None):
            parts.append(
                format_html('<polyline class="line l{}" points="{}"/>', n + 1, " ".join(f"{x(i)},{_y(max(0.0, some[i].value or 0), top)}" for i in run))
            )
            if len(run) == 1:
                parts.append(format_html('<circle class="dot l{}" cx="{}" cy="{}" r="3"/>', n + 1, x(run[0]), _y(some[run[0]].value or 0, top)))
    body = format_html("{}{}", mark_safe("".join(parts)), _labels([p.label for p in points], width))  # noqa: S308 - each part is format_html's
    rows = [
        (p.label, _number(p.value), _number(p.low), _number(p.high), *([_number(second[i].value)] if i < len(second) else [])) for i, p in enumerate(points)
    ]
    head = [
        gettext("When"),
        names[0] if names else gettext("Value"),
        gettext("Low"),
        gettext("High"),
        *([names[1] if names else gettext("Second")] if second else []),
    ]
    return _figure(title, _frame(title, text, body, top, step), _table(head, rows), _legend(names) if names else "")


def sparkline(label: Text, values: Sequence[float]) -> SafeString:
    """A small line without axes, to stand beside a number. `label` says what it shows."""
    if len(values) < 2:
        return mark_safe("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    points = " ".join(f"{round(2 + i * 96 / (len(values) - 1), 1)},{round(22 - 20 * (v - low) / span, 1)}" for i, v in enumerate(values))
    said = gettext("%(label)s: from %(first)s to %(last)s") % {"label": label, "first": _number(values[0]), "last": _number(values[-1])}
    return format_html('<svg class="spark" viewBox="0 0 100 24" role="img" aria-label="{}"><polyline class="line l1" points="{}"/></svg>', said, points)


def _nothing(title: Text) -> SafeString:
    return format_html('<figure class="chart-box"><figcaption>{}</figcaption><p class="muted">{}</p></figure>', title, gettext("Nothing to show yet."))
