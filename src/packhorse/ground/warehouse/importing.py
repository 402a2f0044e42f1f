"""A file of places, read and judged line by line: each is made, changed, the same, or refused with its reason. Pure.

Columns, in any order, by name in the first line: `code` (needed), `kind` (bin where empty), `pickable` (yes, no; a new bin is where empty), `aisle` (letters), `cell` and `level` (from 1),
`x_m` and `y_m` (metres; a decimal point) for what stands beside the racks, `zone` (the code of a zone that is there; “-”: that of its aisle). Separated by commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _

from packhorse.core.errors import Invalid
from packhorse.ground.warehouse.designing import aisle_of
from packhorse.ground.warehouse.types import FloorPlan, LineAnswer, LocationInfo, LocationLine

COLUMNS: Final = ("code", "kind", "pickable", "aisle", "cell", "level", "x_m", "y_m", "zone")
KINDS: Final = ("bin", "dock", "staging", "cart", "tote", "pallet", "station", "returns", "quarantine")
MOST: Final = 50_000
#: In the column zone: that of its aisle again.
OWN: Final = "-"
CODE: Final = re.compile(r"^[A-Z0-9][A-Z0-9._-]{0,31}$")
_YES: Final = {"yes": True, "y": True, "1": True, "true": True, "oui": True, "no": False, "n": False, "0": False, "false": False, "non": False, "": None}


def read(content: bytes) -> tuple[list[LocationLine], list[LineAnswer]]:
    """The lines that make sense by themselves, and an answer for each that does not. Empty lines count for nothing.   Raises: Invalid."""
    try:
        return _read(content)
    except csv.Error as error:
        raise Invalid(field="file", reason="this is no table of text: {error}", error=str(error)) from error


def _read(content: bytes) -> tuple[list[LocationLine], list[LineAnswer]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [name.strip().lower() for name in next(rows, [])]
    if "code" not in names or set(names) - set(COLUMNS) or len(set(names)) < len(names):
        raise Invalid(field="file", reason="the first line names the columns, each once: {columns}", columns=", ".join(COLUMNS))
    good: list[LocationLine] = []
    bad: list[LineAnswer] = []
    for cells in rows:
        line = rows.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(good) + len(bad) == MOST:
            raise Invalid(field="file", reason="at most {most} lines in a file", most=f"{MOST:,}")
        if len(cells) != len(names):
            bad.append(
                LineAnswer(line, cells[0].strip(), "refused", _("%(found)d columns instead of %(wanted)d") % {"found": len(cells), "wanted": len(names)})
            )
            continue
        found = _line(line, {name: cell.strip() for name, cell in zip(names, cells, strict=True)})
        if isinstance(found, LocationLine):
            good.append(found)
        else:
            bad.append(found)
    return good, bad


def _line(line: int, cells: Mapping[str, str]) -> LocationLine | LineAnswer:
    code, given = cells["code"].upper(), {name: cells.get(name, "") for name in COLUMNS}

    def refused(name: str) -> LineAnswer:
        return LineAnswer(line, code, "refused", _("%(column)s: “%(value)s” does not make sense") % {"column": name, "value": given[name][:40]})

    if not CODE.match(code):
        return refused("code")
    kind = given["kind"].lower() or "bin"
    if kind not in KINDS:
        return refused("kind")
    if given["pickable"].lower() not in _YES:
        return refused("pickable")
    aisle = aisle_of(given["aisle"]) if given["aisle"] else None
    if given["aisle"] and aisle is None:
        return refused("aisle")
    counts: dict[str, int | None] = {}
    for name in ("cell", "level"):
        if given[name] and not (given[name].isascii() and given[name].isdigit() and 0 < int(given[name][:6]) <= 10_000):
            return refused(name)
        counts[name] = int(given[name]) - 1 if given[name] else None
    metres: dict[str, float | None] = {}
    for name in ("x_m", "y_m"):
        try:
            metres[name] = float(given[name]) if given[name] else None
        except ValueError:
            return refused(name)
        if metres[name] is not None and not math.isfinite(metres[name] or 0.0):
            return refused(name)
    zone = given["zone"].upper() or None
    return LocationLine(line, code, kind, _YES[given["pickable"].lower()], aisle, counts["cell"], counts["level"], metres["x_m"], metres["y_m"], zone)


def judge(lines: Iterable[LocationLine], floor: FloorPlan | None, there: Mapping[str, LocationInfo], zones: Container[str] = ()) -> list[LineAnswer]:
    """What each line does to a warehouse that has these places and zones."""
    answers: list[LineAnswer] = []
    seen: dict[str, int] = {}
    for line in lines:
        wrong = _wrong(line, floor, there.get(line.code))
        if not wrong and line.zone not in (None, OWN) and line.zone not in zones:
            wrong = _("there is no zone %(zone)s: set the zones first") % {"zone": line.zone}
        if line.code in seen:
            wrong = _("line %(line)d names it already") % {"line": seen[line.code]}
        seen.setdefault(line.code, line.line)
        before = there.get(line.code)
        outcome = "refused" if wrong else "made" if before is None else "same" if changed(line, before) == before else "changed"
        answers.append(LineAnswer(line.line, line.code, outcome, wrong, before.id if before else None))
    return answers


def _wrong(line: LocationLine, floor: FloorPlan | None, before: LocationInfo | None) -> str:
    """Why the line cannot be; empty where it can."""
    if (line.aisle is None) != (line.cell is None):
        return _("aisle and cell belong together")
    if (line.x_m is None) != (line.y_m is None):
        return _("x_m and y_m belong together")
    if line.aisle is not None and line.x_m is not None:
        return _("a place is in the racks (aisle, cell) or beside them (x_m, y_m), not both")
    if line.aisle is not None and line.cell is not None:
        if line.kind != "bin":
            return _("only bins are in the racks")
        if floor is None or line.aisle >= floor.aisles or line.cell >= floor.cells:
            return _("outside of the floor: design it larger first")
    if line.x_m is not None and line.y_m is not None and not (abs(line.x_m) < 10_000 and abs(line.y_m) < 10_000):
        return _("more than 10 km away")
    if line.pickable and line.kind != "bin":
        return _("only bins are picked from")
    if before is not None and before.archived:
        return _("this code was given to a place that is archived")
    if before is not None and before.kind != line.kind:
        return _("it is there as %(kind)s") % {"kind": before.kind}
    return ""


def changed(line: LocationLine, before: LocationInfo) -> LocationInfo:
    """The place as the line wants it: what the line leaves empty stays."""
    after = before
    if line.aisle is not None:
        after = replace(after, aisle=line.aisle, cell=line.cell, x_m=None, y_m=None)
    if line.x_m is not None:
        after = replace(after, aisle=None, cell=None, x_m=line.x_m, y_m=line.y_m)
    if line.level is not None:
        after = replace(after, level=line.level)
    if line.zone is not None:
        after = replace(after, zone="" if line.zone == OWN else line.zone)
    return after if line.pickable is None else replace(after, pickable=line.pickable)
