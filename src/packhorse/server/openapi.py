"""`packhorse openapi`: the API's description as OpenAPI 3.1, for generators of clients."""

from __future__ import annotations

import argparse
import json
import sys


def run(arguments: list[str]) -> int:
    """0."""
    parser = argparse.ArgumentParser(prog="packhorse openapi", description="Print the API's description (OpenAPI 3.1, JSON).")
    parser.parse_args(arguments)
    import django

    django.setup()
    from packhorse.core.web.api import the_api

    sys.stdout.write(json.dumps(the_api().get_openapi_schema(path_prefix="/api/v1/"), indent=1, ensure_ascii=False, default=str) + "\n")
    return 0
