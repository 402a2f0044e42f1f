"""A delimited text file as records, one broken line never costing the next.

The standard csv module reads on over line ends when a quotation mark is left open and so can swallow the rest of a file. Here a record may run over at most
`MOST_LINES` physical lines; when its quotation is still open then, the first of them alone is given up and reading goes on with the next.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_LINES = 40
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its first line's number in the file (from 1), its cells, its text; `problem` is a key of `reasons.REASONS` when it could not be split."""

    line_no: int
    cells: list[str]
    raw: str
    problem: str = ""


def detect_encoding(path: Path) -> str:
    """utf-8, utf-8-sig, utf-16, cp1252 or latin-1.

    A byte order mark decides. Otherwise, if every byte is valid UTF-8 it is that; if more lines hold valid non-ASCII UTF-8 than invalid bytes it is UTF-8
    with broken lines (which are quarantined); else it is a single-byte Western file: cp1252 when it uses bytes that latin-1 leaves to control codes.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _all_utf8(path):
        return "utf-8"
    good = bad = 0
    windows = False
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            try:
                line.decode()
                good += 1
            except UnicodeDecodeError:
                bad += 1
                windows = windows or any(0x80 <= byte <= 0x9F for byte in line)
    if good > bad:
        return "utf-8"
    return "cp1252" if windows and _decodes(path, "cp1252") else "latin-1"


def _all_utf8(path: Path) -> bool:
    return _decodes(path, "utf-8")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def lines_of(path: Path, encoding: str) -> Iterator[str]:
    """The physical lines with their ends (LF, CRLF or CR). Invalid bytes arrive as lone surrogates (UTF-16: as U+FFFD)."""
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        yield from file


def first_line(path: Path, encoding: str) -> str:
    """The first line that is not blank, "" in an empty file."""
    return next((line for line in lines_of(path, encoding) if line.strip()), "")


def ends_with_a_line_end(path: Path) -> bool:
    """Whether the last line was written whole, as far as its end can say."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return file.read().rstrip(b"\x00").endswith((b"\n", b"\r"))


def delimiter_of(header: str) -> str:
    """Comma, semicolon or tab: whichever the heading holds most of."""
    return max(",;\t", key=header.count)


def records(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    """Every record of the file, the heading included; blank lines are no records."""
    source = lines_of(path, encoding)
    waiting: deque[tuple[int, str]] = deque()
    line_no = 0
    while True:
        if waiting:
            number, line = waiting.popleft()
        else:
            line = next(source, "")
            if not line:
                return
            line_no += 1
            number = line_no
        if not line.strip("\r\n \t" if delimiter != "\t" else "\r\n "):
            continue
        if not line.isascii() and not _storable(line):
            yield Record(number, [], _stripped(line).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"), "bad_encoding")
        elif '"' not in line:
            bare = _stripped(line)
            yield Record(number, bare.split(delimiter), bare)
        else:
            joined = [(number, line)]
            record, more = _quoted(number, line, delimiter)
            while record is None and more and len(joined) < MOST_LINES:
                if waiting:
                    following = waiting.popleft()
                else:
                    text = next(source, "")
                    if not text:
                        break
                    line_no += 1
                    following = (line_no, text)
                joined.append(following)
                record, more = _quoted(number, "".join(text for _, text in joined), delimiter)
            if record is None:
                waiting.extendleft(reversed(joined[1:]))
                record = Record(number, [], _stripped(line), "open_quote" if more else "bad_quotes")
            yield record


def _quoted(number: int, text: str, delimiter: str) -> tuple[Record | None, bool]:
    """The record, or None and whether a further line could complete it."""
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return None, "unexpected end of data" in str(error)
    return Record(number, rows[0] if rows else [], _stripped(text)), False


def _stripped(line: str) -> str:
    return line.rstrip("\r\n")


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
