"""Whatever is sent to the API, it never breaks: no answer of 500, for any operation of any room."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from packhorse.core.web.api import the_api
from tests.core.web.test_web_pages import user

SCHEMA = the_api().get_openapi_schema(path_prefix="/api/v1/")
OPENAPI = schemathesis.openapi.from_dict(json.loads(json.dumps(SCHEMA, default=str)))
OPERATIONS = [(method, path) for path, item in SCHEMA["paths"].items() for method in item]


def _send(client: Client, case: Any) -> Any:
    headers = {k: v for k, v in (case.headers or {}).items() if k.lower() not in ("content-type", "content-length", "authorization", "cookie")}
    if case.method in ("POST", "PUT", "PATCH", "DELETE"):
        headers["Idempotency-Key"] = str(uuid4())
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool) else None
    return client.generic(
        case.method,
        case.formatted_path,
        data=json.dumps(body).encode() if body is not None else b"",
        content_type="application/json",
        headers=headers,
        query_params={k: v for k, v in (case.query or {}).items() if v is not None},
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{m} {p}" for m, p in OPERATIONS])
def test_nothing_that_is_sent_breaks_it(client: Client, method: str, path: str) -> None:
    client.raise_request_exception = False
    client.force_login(user("owner"), backend="django.contrib.auth.backends.ModelBackend")
    operation = OPENAPI[path][method.upper()]

    @settings(max_examples=20, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        answer = _send(client, case)
        assert answer.status_code < 500, (method, path, case.path_parameters, case.query, case.body, b"".join(answer)[:500])

    check()
