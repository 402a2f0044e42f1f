"""The API's document says in words what each operation does, and shows a request that its own schema accepts."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
from django.urls import resolve

from packhorse.core.web.api import document
from packhorse.core.web.openapi import METHODS


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{method} {path}", item[method]) for path, item in document()["paths"].items() for method in METHODS if method in item]


def test_each_operation_has_a_summary_that_is_not_its_name() -> None:
    told = operations()
    assert len(told) > 100
    assert document()["openapi"].startswith("3.1")
    named = [name for name, spec in told if not spec.get("summary") or spec["summary"].lower().replace(" ", "_") in spec["operationId"].lower()]
    assert named == []
    assert [name for name, spec in told if len(spec["summary"]) > 160] == []


def test_each_operation_is_reached_by_its_path() -> None:
    """A path of words stands before one that takes any word in the same place, else it is never reached."""
    hidden = {}
    for path in document()["paths"]:
        reached = re.sub(r"<\w+:", "<", resolve(re.sub(r"{\w+}", "1", path)).route)
        if reached != path.lstrip("/").replace("{", "<").replace("}", ">"):
            hidden[path] = reached
    assert hidden == {}


def test_each_request_has_an_example_that_its_schema_accepts() -> None:
    components = document()["components"]
    wrong = {}
    for name, spec in operations():
        for kind, content in spec.get("requestBody", {}).get("content", {}).items():
            if kind != "application/json":
                continue
            found = [e.message for e in jsonschema_rs.validator_for({**content["schema"], "components": components}).iter_errors(content["example"])]
            if found:
                wrong[name] = found
    assert wrong == {}
