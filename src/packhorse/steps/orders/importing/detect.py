"""Which format a file has, from its first bytes and its heading."""

from __future__ import annotations

import csv
from pathlib import Path

from packhorse.steps.orders.importing import online_retail, plain
from packhorse.steps.orders.importing.errors import UnknownFormat
from packhorse.steps.orders.importing.records import delimiter_of, detect_encoding, first_line
from packhorse.steps.orders.importing.types import Format


def is_parquet(path: Path) -> bool:
    """Whether the file begins as parquet does."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def detect(path: Path, encoding: str | None = None) -> Format:
    """The format of the file. Raises UnknownFormat, OSError."""
    if is_parquet(path):
        return Format.ONLINE_RETAIL
    line = first_line(path, encoding or detect_encoding(path)).strip().lstrip("\ufeff")
    if line.startswith("{"):
        return Format.JSON_LINES
    try:
        names = next(csv.reader([line], delimiter=delimiter_of(line)), [])
    except csv.Error:
        names = []
    if online_retail.is_heading(names):
        return Format.ONLINE_RETAIL
    if plain.is_heading(names):
        return Format.PLAIN_CSV
    raise UnknownFormat(file=path.name)
