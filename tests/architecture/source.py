"""The source as the architecture tests read it: modules with their syntax trees."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "packhorse"


@dataclass(frozen=True)
class Module:
    """One Python file: dotted name below `packhorse`, path and tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """`steps.orders`, `ground.people`, `core`, …"""
        parts = self.name.split(".")
        return ".".join(parts[:2]) if parts[0] in ("ground", "steps", "roof") else parts[0]

    @property
    def part(self) -> str:
        """What it is inside its room: `selectors`, `services`, `models`, …"""
        parts = self.name.split(".")
        depth = 2 if parts[0] in ("ground", "steps", "roof") else 1
        return parts[depth] if len(parts) > depth else ""

    def imports(self) -> set[str]:
        """Dotted names of ours that it imports, without the leading `packhorse.`; `from a import b` counts as `a.b`."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {a.name for a in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {f"{node.module}.{a.name}" for a in node.names}
        return {name.removeprefix("packhorse.") for name in found if name.startswith("packhorse.")}


@cache
def modules() -> tuple[Module, ...]:
    """Every module but migrations."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)
