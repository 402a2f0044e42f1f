"""What files tells the rest of the house."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """Bytes to keep: of which media type (`application/pdf`), what they are (`label`, `packing_slip`, `photo`), whose, and until when."""

    data: bytes
    media_type: str
    kind: str
    client_id: int | None = None
    retain_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A stored file without its bytes; size in bytes."""

    id: int
    sha256: str
    media_type: str
    size: int
    kind: str
    client_id: int | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Dropped:
    """Files forgotten, and the contents (SHA-256) that nobody names any more."""

    files: int
    unnamed: tuple[str, ...]
