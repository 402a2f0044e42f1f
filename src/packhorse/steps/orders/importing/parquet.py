"""Columns of a parquet file, as far as they can be read: a damaged row group costs that group, not the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext

from packhorse.steps.orders.importing.types import Left, Progress

_ROWS = 32_768
_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError)


def read_columns(path: Path, progress: Progress | None) -> tuple[list[str], list[list[Any]], list[int], list[Left]]:
    """Names, columns as Python values, row numbers from 1, and what was left. A file without its footer gives no names and one `Left` with all its bytes."""
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        names, groups, total = list(file.schema_arrow.names), file.metadata.num_row_groups, file.metadata.num_rows
    except _BROKEN:
        text = gettext(
            "The parquet file is damaged: its table of contents, which stands at the end, is missing or broken, so no row can be found. Copy it again."
        )
        return [], [], [], [Left(text, size_bytes=path.stat().st_size)]
    columns: list[list[Any]] = [[] for _ in names]
    numbers: list[int] = []
    left: list[Left] = []
    start = 0
    for group in range(groups):
        rows = int(file.metadata.row_group(group).num_rows)
        got = 0
        try:
            for batch in file.iter_batches(batch_size=_ROWS, row_groups=[group], use_threads=False):
                values = [_values(column) for column in batch.columns]
                for column, part in zip(columns, values, strict=True):
                    column.extend(part)
                got += batch.num_rows
                if progress:
                    progress("read", start + got, total)
        except _BROKEN as error:
            text = gettext("Rows {first} to {last} of the parquet file are damaged: {detail}")
            text = text.format(first=start + got + 1, last=start + rows, detail=str(error)[:200])
            left.append(Left(text, lines=rows - got))
        numbers.extend(range(start + 1, start + got + 1))
        start += rows
    return names, columns, numbers, left


def _values(column: Any) -> list[Any]:
    """The column as Python values; NaN is None, as an empty cell."""
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        column = pc.cast(column, pa.string())
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    values: list[Any] = column.to_pylist()
    return [None if value is None else str(value) for value in values] if pa.types.is_nested(column.type) else values
