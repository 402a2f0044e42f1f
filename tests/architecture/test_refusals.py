"""A refusal leads to what blocks, or says why nothing does."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import string
from collections.abc import Iterator

from django.urls import get_resolver

from packhorse.core.errors import PackhorseError, WrongState
from tests.architecture.source import Module, modules


def _in_the_house() -> list[Module]:
    return [m for m in modules() if m.room == "core" or m.name.startswith("steps.")]


def _refusals() -> list[type[PackhorseError]]:
    """Every class of refusal that core and the seven rooms make."""
    for module in _in_the_house():
        if module.part == "errors" or "PackhorseError" in module.path.read_text(encoding="utf-8"):
            importlib.import_module(f"packhorse.{module.name}")
    found: list[type[PackhorseError]] = []
    todo: list[type[PackhorseError]] = [PackhorseError]
    while todo:
        found += (children := todo.pop().__subclasses__())
        todo += children
    return sorted((c for c in set(found) if c.__module__.startswith(("packhorse.core", "packhorse.steps"))), key=lambda c: (c.__module__, c.__name__))


def _made() -> Iterator[tuple[Module, ast.expr, type[PackhorseError]]]:
    """Each place where a refusal is made."""
    for module in _in_the_house():
        own = [n for n in ast.walk(module.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        called = {id(n.func) for n in own}
        raised = [n for r in ast.walk(module.tree) if isinstance(r, ast.Raise) and r.exc for n in ast.walk(r.exc)]
        bare = [n for n in raised if isinstance(n, ast.Name) and id(n) not in called]
        if not own and not bare:
            continue
        names = vars(importlib.import_module(f"packhorse.{module.name}"))
        for node in (*own, *bare):
            name = node.func if isinstance(node, ast.Call) else node
            assert isinstance(name, ast.Name), "only such were chosen"
            kind = names.get(name.id)
            if isinstance(kind, type) and issubclass(kind, PackhorseError):
                yield module, node, kind


def test_each_has_a_page_of_what_blocks_or_says_why_there_is_none() -> None:
    assert len(_refusals()) > 60
    assert [f"{c.__module__}.{c.__name__}" for c in _refusals() if (c.blocked_by is None) == (not c.no_page) and c is not WrongState] == []


def test_the_pages_are_there() -> None:
    pages = {f"{name}:{page}" for name, (_, sub) in get_resolver().namespace_dict.items() for page in sub.reverse_dict if isinstance(page, str)}
    assert [f"{c.__name__}: {c.blocked_by[0]}" for c in _refusals() if c.blocked_by and c.blocked_by[0] not in pages] == []


def test_what_is_raised_brings_what_its_link_and_its_sentence_need() -> None:
    wrong = []
    for module, node, kind in _made():
        given = {k.arg for k in node.keywords} if isinstance(node, ast.Call) else set()
        if None in given:  # **data of another refusal
            continue
        needed = {kind.blocked_by[1]} if kind.blocked_by and kind.blocked_by[1] else set()
        needed |= {field for text in (kind.__doc__ or "", str(kind.advice)) for _, field, _, _ in string.Formatter().parse(text) if field}
        wrong += [f"{module.name}:{node.lineno} {kind.__name__} without {name}" for name in sorted(needed - given)]
    assert wrong == []


#: Refused rows of lists that lead nowhere by themselves, and why.
NO_LINK = {
    "ground.carriers.types.Refused": "what a carrier said to the house; its label has a page",
    "steps.picking.types.walks.NotReleased": "kept with a wave; whoever asks over the API is told the order's page beside it",
}


def _refused_rows() -> list[tuple[str, type]]:
    """What answers of lists say of a row that was refused: by a code for programs and a reason for people (a carrier's in a message)."""
    found = {}
    for module in modules():
        if ".types" not in f".{module.name}":
            continue
        for name, kind in vars(importlib.import_module(f"packhorse.{module.name}")).items():
            fields = {f.name for f in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) and isinstance(kind, type) else set()
            if "code" in fields and (fields & {"reason", "message"} or hasattr(kind, "reason")) and (name.startswith("Not") or name.endswith("Refused")):
                found[f"{kind.__module__.removeprefix('packhorse.')}.{name}"] = kind
    return sorted(found.items())


def test_a_refused_row_of_a_list_leads_to_what_blocks_it_or_says_why_not() -> None:
    rows = _refused_rows()
    assert len(rows) >= 8
    assert [name for name, kind in rows if hasattr(kind, "link") == (name in NO_LINK)] == []


def test_none_is_kept_that_nobody_makes() -> None:
    made = {kind for _, _, kind in _made()}
    unused = [c for c in _refusals() if c not in made and not any(issubclass(m, c) for m in made)]
    assert [f"{c.__module__}.{c.__name__}" for c in unused] == []
