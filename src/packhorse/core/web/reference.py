"""The API's reference page, drawn on the server from the OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from packhorse.core.web.api import the_api
from packhorse.core.web.auth import page

_METHODS = ("get", "post", "put", "patch", "delete")


def _resolve(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    ref = schema.get("$ref", "")
    if not ref:
        return schema
    found: dict[str, Any] = whole["components"]["schemas"].get(ref.rsplit("/", 1)[-1], {})
    return found


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


def example(schema: dict[str, Any], whole: dict[str, Any], depth: int = 0) -> Any:
    """A value of the schema's shape: its own example or default where it gives one."""
    if "example" in schema or schema.get("examples"):
        return schema.get("example", (schema.get("examples") or [None])[0])
    if "default" in schema:
        return schema["default"]
    schema = _resolve(schema, whole)
    for key in ("anyOf", "allOf", "oneOf"):
        if key in schema:
            return example(schema[key][0], whole, depth)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {} if depth > 4 else {k: example(v, whole, depth + 1) for k, v in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [] if depth > 4 else [example(schema.get("items", {}), whole, depth + 1)]
    formats = {"uuid": "7f1c5f0e-3c8e-4f8e-9f0a-0c2d7d0b9a11", "date-time": "2026-01-31T14:05:00Z", "date": "2026-01-31"}
    return {"integer": 1, "number": 1.5, "boolean": True, "null": None}.get(str(schema.get("type")), formats.get(str(schema.get("format")), "text"))


def _schema_of(message: dict[str, Any]) -> dict[str, Any]:
    for content in message.get("content", {}).values():
        found: dict[str, Any] = content.get("schema", {})
        return found
    return {}


def _kind_of_body(message: dict[str, Any], whole: dict[str, Any]) -> str:
    schema = _schema_of(message)
    return _kind(schema, whole) if schema else ""


def _operation(path: str, method: str, spec: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    body = _schema_of(spec.get("requestBody", {}))
    resolved = _resolve(body, whole) if body else {}
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
        "example": json.dumps(example(body, whole), indent=2, ensure_ascii=False) if body else "",
        "answers": answers,
    }


@page()
def docs(request: HttpRequest) -> HttpResponseBase:
    """Every operation: what it takes, an example, what it answers."""
    schema: dict[str, Any] = json.loads(json.dumps(the_api().get_openapi_schema(path_prefix="/api/v1/"), default=str))
    rooms: dict[str, list[dict[str, Any]]] = {}
    for path, item in schema["paths"].items():
        for method in _METHODS:
            if method in item:
                rooms.setdefault((item[method].get("tags") or [""])[0], []).append(_operation(path, method, item[method], schema))
    return render(request, "core/reference.html", {"title": _("API"), "rooms": rooms, "info": schema["info"]})
