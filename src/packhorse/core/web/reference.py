"""The API's reference page, drawn on the server from the OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.api import document
from packhorse.core.web.auth import page
from packhorse.core.web.openapi import METHODS, resolve


def _kind(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """A schema in one phrase: string (uuid), array of OrderRow, integer or null."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_kind(s, whole) for s in schema["anyOf"])
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return _kind(schema["allOf"][0], whole)
    if "enum" in schema:
        return " | ".join(str(v) for v in schema["enum"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"array of {_kind(schema.get('items', {}), whole)}"
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def _schema_of(message: dict[str, Any]) -> dict[str, Any]:
    for content in message.get("content", {}).values():
        found: dict[str, Any] = content.get("schema", {})
        return found
    return {}


def _example_of(message: dict[str, Any]) -> Any:
    return next((content.get("example") for content in message.get("content", {}).values()), None)


def _kind_of_body(message: dict[str, Any], whole: dict[str, Any]) -> str:
    schema = _schema_of(message)
    return _kind(schema, whole) if schema else ""


def _operation(path: str, method: str, spec: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    body = _schema_of(spec.get("requestBody", {}))
    resolved = resolve(body, whole) if body else {}
    answers = [(status, answer.get("description", ""), _kind_of_body(answer, whole)) for status, answer in spec.get("responses", {}).items()]
    return {
        "id": spec["operationId"],
        "path": path,
        "method": method.upper(),
        "opens": path if method == "get" and not any(p.get("required") for p in spec.get("parameters", [])) else "",
        "summary": spec.get("summary", ""),
        "text": spec.get("description", ""),
        "parameters": [
            {**p, "kind": _kind(p.get("schema", {}), whole), "text": p.get("description") or p.get("schema", {}).get("description", "")}
            for p in spec.get("parameters", [])
        ],
        "body": [(k, _kind(v, whole), v.get("description", ""), k in resolved.get("required", [])) for k, v in resolved.get("properties", {}).items()],
        "body_kind": _kind(body, whole) if body else "",
        "example": json.dumps(_example_of(spec.get("requestBody", {})), indent=2, ensure_ascii=False) if body else "",
        "answers": answers,
    }


@page()
def docs(request: HttpRequest) -> HttpResponseBase:
    """Every operation: what it takes, an example, what it answers."""
    schema = document()
    rooms: dict[str, list[dict[str, Any]]] = {}
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                rooms.setdefault((item[method].get("tags") or [""])[0], []).append(_operation(path, method, item[method], schema))
    return render(request, "core/reference.html", {"title": _("API"), "rooms": rooms, "info": schema["info"]})
