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
    from packhorse.core.web.api import document

    sys.stdout.write(json.dumps(document(), indent=1, ensure_ascii=False) + "\n")
    return 0
