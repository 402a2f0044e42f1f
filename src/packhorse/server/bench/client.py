"""A cheap client for load: one process, one thread, so many keep-alive connections. Reads prepared requests, prints what came back: python -m packhorse.server.bench.client PORT CONNECTIONS FILE"""

from __future__ import annotations

import json
import pickle
import selectors
import socket
import sys
import time
from pathlib import Path


class _Line:
    """One connection and the request that is on its way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.got = b""

    def send(self, request: bytes) -> None:
        self.began = time.perf_counter()
        self.got = b""
        self.socket.sendall(request)

    def whole(self) -> bytes | None:
        """The answer, when all of it is there."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        self.got += part
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found:
            return None
        length = next(int(x.split(b":")[1]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length"))
        return self.got if len(body) >= length else None


def main() -> None:
    port, connections = int(sys.argv[1]), int(sys.argv[2])
    requests: list[bytes] = pickle.loads(Path(sys.argv[3]).read_bytes())  # noqa: S301 - written by the bench a moment ago
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    lines = [_Line(port) for _ in range(connections)]
    latencies: list[float] = []
    bad: list[str] = []
    used, began = time.process_time(), time.perf_counter()
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.send(next(waiting))
    open_lines = len(lines)
    while open_lines:
        for key, _ in selector.select():
            line = key.data
            answer = line.whole()
            if answer is None:
                continue
            latencies.append(time.perf_counter() - line.began)
            if b" 200 " not in answer[:20] or b'"number"' not in answer:
                bad.append(answer[:2000].decode(errors="replace"))
            if (request := next(waiting, None)) is None:
                selector.unregister(line.socket)
                line.socket.close()
                open_lines -= 1
            else:
                line.send(request)
    sys.stdout.write(json.dumps({"elapsed": time.perf_counter() - began, "latencies": latencies, "cpu": time.process_time() - used, "bad": bad[:3]}))


if __name__ == "__main__":
    main()
