"""Where the embedded cluster lives: noted in `<home>/cluster.json`, so that everyone finds the socket without starting anything."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: What a socket's path may be long, in bytes (the kernel's limit, less the closing zero).
SOCKET_PATH_LIMIT: Final = 107
PORT: Final = 5432


@dataclass(frozen=True)
class Place:
    """The cluster of one data folder: `folder` holds its files, `sockets` its socket. `durable` is off only for tests."""

    home: Path
    folder: Path
    sockets: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def write(self) -> None:
        note = {"home": str(self.home), "folder": str(self.folder), "sockets": str(self.sockets), "durable": self.durable}
        draft = self.home / f".cluster.{secrets.token_hex(4)}"
        draft.write_text(json.dumps(note, indent=1), encoding="utf-8")
        draft.replace(self.home / "cluster.json")


def fits(sockets: Path) -> bool:
    """Whether a socket in that folder can be reached: its path is short enough, and libpq does not take it for a list of hosts."""
    return len(os.fsencode(sockets / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT and "," not in str(sockets)


def noted(home: Path) -> Place | None:
    """The place noted in the data folder; None if nothing is, or if the folder is a copy of another one and the note means that one's cluster."""
    try:
        note = json.loads((home / "cluster.json").read_text(encoding="utf-8"))
        found = Place(Path(note["home"]), Path(note["folder"]), Path(note["sockets"]), bool(note["durable"]))
    except (OSError, ValueError, KeyError):
        return None
    return found if found.home == home else None


def place(home: Path) -> Place:
    """The place noted, else the one that the cluster will have if nothing speaks against it."""
    return noted(home) or Place(home, home / "cluster", home / "run")
