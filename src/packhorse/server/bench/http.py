"""Single orders over HTTP: the web server as `packhorse up` starts it, and a client in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic_core import to_json

from packhorse.ground.people import secrets
from packhorse.ground.people.services import issue_api_key
from packhorse.server.bench.goods import HOUSE, Shop
from packhorse.server.bench.measured import database_cpu, result, tree_cpu
from packhorse.server.processes import Child, Log
from packhorse.server.up import free_port, web
from packhorse.steps.orders.types import NewOrder


def _key(shop: Shop) -> str:
    """A raw API key that may take this client's orders."""
    asked = uuid4()
    issue_api_key(key=asked, actor=HOUSE, name="bench", role="integrator", client_ids=(shop.client_id,))
    return secrets.raw_api_key(HOUSE.principal, asked)


@contextlib.contextmanager
def dispatching() -> Iterator[int]:
    """The dispatcher at work; its process."""
    child = Child("dispatcher", [sys.executable, "-m", "packhorse.server.dispatcher"], Log(sys.stderr), {"PACKHORSE_LOG_LEVEL": "WARNING"})
    child.start()
    try:
        assert child.pid is not None, "started"
        yield child.pid
    finally:
        child.ask_to_stop()
        end = time.monotonic() + 15
        while not child.ended() and time.monotonic() < end:
            time.sleep(0.05)
        child.bury()


@contextlib.contextmanager
def server(workers: int) -> Iterator[tuple[int, int]]:
    """The web server, ready; its port and the process at its root."""
    port = free_port("127.0.0.1", 18_500)
    command, env = web("127.0.0.1", port, workers)
    child = Child("web", command, Log(sys.stderr), {**env, "PACKHORSE_API_RATE": "100000000", "PACKHORSE_LOG_LEVEL": "WARNING"})
    child.start()
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                break
            time.sleep(0.1)
        assert child.pid is not None, "started"
        yield port, child.pid
    finally:
        child.ask_to_stop()
        end = time.monotonic() + 15
        while not child.ended() and time.monotonic() < end:
            time.sleep(0.05)
        child.bury()


def _request(shop: Shop, key: str, order: NewOrder) -> bytes:
    body = to_json({"client_id": shop.client_id, "warehouse_id": shop.warehouse_id, "orders": [order]})
    head = (
        f"POST /api/v1/orders/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nIdempotency-Key: {uuid4()}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def single(shop: Shop, orders: Sequence[NewOrder], *, port: int, root: int, connections: int) -> dict[str, Any]:
    """Each order a request of its own, on so many connections."""
    key = _key(shop)
    with tempfile.NamedTemporaryFile(suffix=".requests", delete=False) as file:
        file.write(pickle.dumps([_request(shop, key, o) for o in orders]))
    try:
        before, began = database_cpu(), tree_cpu(root)
        said = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "packhorse.server.bench.client", str(port), str(connections), file.name],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ,
        )
        used, after = tree_cpu(root) - began, database_cpu()
    finally:
        Path(file.name).unlink()
    found = json.loads(said.stdout)
    assert not found["bad"], f"refused: {found['bad'][0]}"
    database = None if before is None or after is None else after - before
    return result(len(orders), found["elapsed"], found["latencies"], client=found["cpu"], server=used, database=database)
