"""Use cases, selectors and foreign keys have the shape that HOUSE gives them."""

from __future__ import annotations

import ast
import dataclasses

from django.apps import apps
from django.db import models

from packhorse.core.events import declared
from packhorse.house import STEPS
from tests.architecture.source import Module, modules

FLOORS = [
    "core",
    "people",
    "catalog",
    "places",
    "warehouse",
    "files",
    "equipment",
    "carriers",
    "payments",
    "messaging",
    *(s.room for s in STEPS),
    "desk",
    "insights",
    "simulation",
]


def _functions(module: Module) -> list[ast.FunctionDef]:
    return [n for n in module.tree.body if isinstance(n, ast.FunctionDef)]


def _is_use_case(function: ast.FunctionDef) -> bool:
    marks = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return any(isinstance(d, ast.Name) and d.id == "use_case" for d in marks)


def _looks_at_rows(module: Module) -> bool:
    """Whether a module can ask the database at all: what only reads a signature sees nobody's rows."""
    imported = {alias.name for n in ast.walk(module.tree) if isinstance(n, ast.ImportFrom) for alias in n.names}
    modules_ = {n.module or "" for n in ast.walk(module.tree) if isinstance(n, ast.ImportFrom)}
    return bool({"sql", "records", "connection", "selectors"} & imported) or any(m.endswith((".models", ".records")) for m in modules_)


def test_foreign_keys_point_back_down_the_house() -> None:
    wrong = []
    for model in apps.get_models():
        here = model._meta.app_label
        if here not in FLOORS:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type):
                there = field.related_model._meta.app_label
                if there in FLOORS and FLOORS.index(there) > FLOORS.index(here):
                    wrong.append(f"{model.__name__}.{field.name} → {there}")
    assert wrong == []


def _calls(function: ast.FunctionDef) -> set[str]:
    return {n.func.id for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}


def test_every_use_case_authorises() -> None:
    """By itself, or by a plain function of its own module."""
    wrong = []
    for module in modules():
        functions = {f.name: f for f in _functions(module)}
        able = {"authorize"}
        for _ in functions:  # until nothing is added
            able |= {name for name, f in functions.items() if any(c in able or c.startswith("authorize") for c in _calls(f))}
        wrong += [f"{module.name}.{f.name}" for f in functions.values() if _is_use_case(f) and f.name not in able]
    assert wrong == []


def test_every_use_case_says_what_it_does() -> None:
    assert [f"{m.name}.{f.name}" for m in modules() for f in _functions(m) if _is_use_case(f) and not ast.get_docstring(f)] == []


def test_use_cases_do_not_call_each_other() -> None:
    names = {f.name for m in modules() for f in _functions(m) if _is_use_case(f)}
    wrong = []
    for module in modules():
        for function in _functions(module):
            if not _is_use_case(function):
                continue
            called = {n.func.id for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
            wrong += [f"{module.name}.{function.name} calls {c}" for c in called & names]
    assert wrong == []


def test_selectors_of_the_steps_take_a_scope() -> None:
    wrong = []
    for module in modules():
        if not module.name.startswith("steps.") or module.part != "selectors" or not _looks_at_rows(module):
            continue
        for function in _functions(module):
            if function.name.startswith("_"):
                continue
            arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
            only_names = function.returns is not None and ast.unparse(function.returns) == "str"  # a link or a number, made without a look at any row
            if not only_names and not {"scope", "context", "actor"} & set(arguments):  # a scan's context and an actor carry their scope
                wrong.append(f"{module.name}.{function.name}")
    assert wrong == []


def test_selectors_answer_in_types() -> None:
    wrong = []
    for module in modules():
        if module.part != "selectors":
            continue
        for function in _functions(module):
            if function.name.startswith("_"):
                continue
            annotation = ast.unparse(function.returns) if function.returns else ""
            if not annotation or "QuerySet" in annotation or ".models." in annotation:
                wrong.append(f"{module.name}.{function.name} -> {annotation}")
    assert wrong == []


def test_no_clock_but_the_one() -> None:
    assert [m.name for m in modules() if m.name != "core.clock" and m.room != "server" and "now()" in _sql(m)] == []


def _sql(module: Module) -> str:
    """The string constants of a module that are SQL (docstrings left out)."""
    strings = [n.value for n in ast.walk(module.tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return "\n".join(s.lower() for s in strings if any(word in s for word in ("SELECT ", "UPDATE ", "INSERT INTO")))


def test_events_say_what_they_are_about_by_a_field_of_theirs() -> None:
    wrong = [e.name for e in declared().values() if e.about and e.about[1] not in {f.name for f in dataclasses.fields(e)}]
    assert wrong == []
