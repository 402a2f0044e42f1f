"""Rooms are found by the names of their files: urls.py, api.py, scanner.py, panel.py, handlers.py, jobs.py, events.py."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from django.apps import apps

#: Loaded when the process starts, because being imported is what registers what they hold.
AT_START: Final = ("events", "handlers", "jobs", "scanner")


@cache
def module(room: str, name: str) -> ModuleType | None:
    """A room's file by name, imported; None where the room has none. `room` is the package (`packhorse.steps.picking`)."""
    full = f"{room}.{name}"
    return import_module(full) if find_spec(full) is not None else None


def rooms(layer: str = "") -> list[str]:
    """The packages of all rooms (of one layer: `core`, `ground`, `steps`, `roof`) in the order of the house."""
    return [config.name for config in apps.get_app_configs() if config.name.startswith(f"packhorse.{layer}")]


def modules(name: str, layer: str = "") -> Iterator[tuple[str, ModuleType]]:
    """(room's short name, module) for every room that has a file of that name."""
    for room in rooms(layer):
        found = module(room, name)
        if found is not None:
            yield room.rsplit(".", 1)[-1], found


def load() -> None:
    """Import what registers itself; called once when Django is ready."""
    for name in AT_START:
        for _ in modules(name):
            pass
    module("packhorse.core.web", "bulk")  # its job
