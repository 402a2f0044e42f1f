"""A delimited order file with a heading, read whole: good rows as tuples, broken ones already in quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext

from packhorse.steps.orders.importing.draft import Options, Reading
from packhorse.steps.orders.importing.errors import ColumnsMissing
from packhorse.steps.orders.importing.reasons import Bad
from packhorse.steps.orders.importing.records import delimiter_of, detect_encoding, ends_with_a_line_end, first_line, records


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are (line number in the file, cells), every one as wide as `names`."""

    reading: Reading
    names: list[str]
    delimiter: str
    rows: list[tuple[int, tuple[str, ...]]]


def read_table(path: Path, options: Options, normalise: Callable[[Iterable[str]], list[str]], required: Sequence[str], *, owner: str) -> Table:
    """Read every record. `owner` is the column of the order's number, so that a cut row still marks its order. Raises ColumnsMissing."""
    encoding = options.encoding or detect_encoding(path)
    reading = Reading(encoding=encoding)
    delimiter = delimiter_of(first_line(path, encoding))
    source = records(path, encoding, delimiter)
    heading = next(source, None)
    names = normalise(heading.cells) if heading else []
    missing = [name for name in required if name not in names]
    if missing:
        raise ColumnsMissing(file=path.name, columns=", ".join(missing))
    rows: list[tuple[int, tuple[str, ...]]] = []
    size, done, width, owner_at = path.stat().st_size, 0, len(names), names.index(owner)
    for record in source:
        reading.lines_read += 1
        done += len(record.raw) + 1
        found = len(record.cells)
        if record.problem or found != width:
            code = record.problem or ("too_few_columns" if found < width else "too_many_columns")
            external_id = record.cells[owner_at].strip()[:64] if found > owner_at else ""
            reading.quarantine(record.line_no, record.raw, Bad(code, found=found, wanted=width, encoding=encoding), external_id=external_id)
            continue
        rows.append((record.line_no, tuple(record.cells)))
        if options.progress and not len(rows) % 20_000:
            options.progress("read", min(done, size), size)
    if options.progress:
        options.progress("read", size, size)
    if reading.lines_read and not ends_with_a_line_end(path):
        reading.warnings.append(gettext("The file does not end with a line end: its last line may be cut off."))
    return Table(reading, names, delimiter, rows)
