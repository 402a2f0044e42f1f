"""A name for a row of a room that this room may not import: its kind and id. The reconciler looks for orphans."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """`kind` is `<app>.<thing>` in lower case, for instance `picking.task`."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
