"""The OpenAPI document: what Ninja makes of the routers, with a summary in words and an example of each request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.urls import URLPattern, URLResolver, include, path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

METHODS: Final = ("get", "post", "put", "patch", "delete")
_DEEPEST: Final = 4
_FORMATS: Final = {"uuid": "7f1c5f0e-3c8e-4f8e-9f0a-0c2d7d0b9a11", "date-time": "2026-01-31T14:05:00Z", "date": "2026-01-31", "time": "14:05:00", "binary": "…"}


def resolve(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """A schema, or the one that it refers to."""
    ref = schema.get("$ref", "")
    if not ref:
        return schema
    found: dict[str, Any] = whole["components"]["schemas"].get(ref.rsplit("/", 1)[-1], {})
    return found


def example(schema: dict[str, Any], whole: dict[str, Any], depth: int = 0) -> Any:
    """A value of the schema's shape: its own example or default where it gives one, within its limits."""
    if "example" in schema or schema.get("examples"):
        return schema.get("example", (schema.get("examples") or [None])[0])
    if "default" in schema:
        return schema["default"]
    schema = resolve(schema, whole)
    for key in ("anyOf", "allOf", "oneOf"):
        if key in schema:
            return example(schema[key][0], whole, depth)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {} if depth > _DEEPEST else {k: example(v, whole, depth + 1) for k, v in schema.get("properties", {}).items()}
        case "array":
            fewest = max(1, schema.get("minItems", 1))
            return [] if depth > _DEEPEST else [example(schema.get("items", {}), whole, depth + 1)] * min(fewest, schema.get("maxItems", fewest))
        case "integer" | "number":
            return max(1, schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case "null":
            return None
    text = _FORMATS.get(str(schema.get("format")), "text")
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 200)]


def sentence(text: str) -> str:
    """The first sentence of a description, without its full stop."""
    line = " ".join(text.split("\n\n", maxsplit=1)[0].split())
    return line.partition(". ")[0].rstrip(".")


def by_room(patterns: Sequence[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same URLs behind one prefix for each room: to find one, Django tries the rooms and then what is in one of them, not all of them in turn."""
    found: list[URLPattern | URLResolver] = []
    rooms: dict[str, list[URLPattern]] = {}
    for pattern in patterns:
        room, slash, rest = str(pattern.pattern).partition("/")
        if isinstance(pattern, URLPattern) and slash and "<" not in room:
            rooms.setdefault(room, []).append(path(rest, pattern.callback, pattern.default_args, pattern.name))
        else:
            found.append(pattern)
    return found + [path(f"{room}/", include(own)) for room, own in rooms.items()]


class HouseAPI(NinjaAPI):
    """An API whose document says what each operation does and shows what it takes."""

    @property
    def urls(self) -> tuple[list[URLPattern | URLResolver], str, str]:
        patterns, app, namespace = super().urls
        return by_room(patterns), app, namespace

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        whole = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for item in whole["paths"].values():
            for method in METHODS:
                if method in item:
                    _tell(item[method], whole)
        return whole


def _tell(operation: dict[str, Any], whole: dict[str, Any]) -> None:
    if said := sentence(operation.get("description", "")):
        operation["summary"] = said
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = example(content.get("schema", {}), whole)
