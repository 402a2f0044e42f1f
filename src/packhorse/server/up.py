"""`packhorse up`: one process tree with everything that runs."""

from __future__ import annotations

import argparse
import errno
import os
import socket
import sys
import time
from collections.abc import Mapping

from packhorse.server import cluster
from packhorse.server.account import ClusterFailed
from packhorse.server.database import embedded
from packhorse.server.processes import Child, Log, Tree

#: Requests that a web server process works on at once, and the connections that they share: who waits for another's transaction (`core.gather`) needs none.
BLOCKING_THREADS = 16
CONNECTIONS = 5


def free_port(host: str, first: int) -> int:
    """The first port from `first` on that nobody listens on.

    Raises: OSError for a host that is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, min(first + 100, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
            else:
                return port
    raise OSError(errno.EADDRINUSE, f"no free port from {first} on")


def _listens(host: str, port: int) -> bool:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        with socket.create_connection((target, port), timeout=0.5):
            return True
    except OSError:
        return False


class _Watch:
    """Says when the web server can be reached, and starts the embedded database again when it has died."""

    def __init__(self, tree: Tree, host: str, port: int) -> None:
        self._tree, self._host, self._port = tree, host, port
        self._announced = False
        self._looked = 0.0

    def __call__(self) -> None:
        if not self._announced and _listens(self._host, self._port):
            self._announced = True
            shown = f"[{self._host}]" if ":" in self._host else {"0.0.0.0": "localhost", "127.0.0.1": "localhost"}.get(self._host, self._host)  # noqa: S104
            self._tree.log.line("packhorse", f"open http://{shown}:{self._port}/ (Ctrl-C stops)")
        if embedded() and time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            if not cluster.cluster().alive():
                self._tree.log.line("database", "has died; starting it again")
                try:
                    cluster.ensure()
                    self._tree.log.line("database", "is back")
                except ClusterFailed as error:
                    self._tree.log.line("database", f"{error} {error.advice}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="packhorse up", description="Run everything: database, web server, dispatcher, jobs.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    port = int(os.environ.get("PACKHORSE_PORT") or 8000)
    parser.add_argument("--port", type=int, default=port, help="port to listen on; the next free one if it is taken (default: PACKHORSE_PORT, else 8000)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="web server processes (default: one per core)")
    return parser


def web(host: str, port: int, workers: int) -> tuple[list[str], dict[str, str]]:
    """The command that serves the web, and what its environment needs."""
    granian = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": str(BLOCKING_THREADS),
        "--respawn-interval": "0.5",
        "--workers-kill-timeout": "10",
        "--log-level": "error",  # it warns of more threads than processors; ours wait for each other (`core.gather`)
    }
    words = [word for pair in granian.items() for word in pair]
    command = [sys.executable, "-m", "packhorse.server.web", *words, "--respawn-failed-workers", "--no-ws", "packhorse.server.wsgi:application"]
    return command, {"PACKHORSE_POOL": str(CONNECTIONS)}


def _tree(options: argparse.Namespace, port: int, env: Mapping[str, str]) -> Tree:
    python = [sys.executable, "-m"]
    command, own = web(options.host, port, options.workers)
    tree = Tree(Log())
    tree.add("web", command, {**env, **own})
    tree.add("dispatcher", [*python, "packhorse.server.dispatcher"], env)
    tree.add("jobs", [*python, "packhorse.server.worker"], env)
    return tree


def _prepared(log: Log, env: Mapping[str, str]) -> bool:
    child = Child("prepare", [sys.executable, "-m", "packhorse.server.prepare"], log, env)
    child.start()
    return child.wait() == 0


def run(arguments: list[str]) -> int:
    """Run until a signal; 0 if stopped by one, 1 if it could not start."""
    options = _parser().parse_args(arguments)
    env = {"PACKHORSE_STATIC": "collected", "PACKHORSE_LOG_LEVEL": os.environ.get("PACKHORSE_LOG_LEVEL", "INFO")}
    try:
        port = free_port(options.host, options.port)
    except OSError as error:
        sys.stderr.write(f"Cannot listen on {options.host}: {error.strerror}. Choose another --host or --port.\n")
        return 1
    env["PACKHORSE_PORT"] = str(port)
    tree = _tree(options, port, env)
    with tree.catching_signals():
        tree.log.line("packhorse", "preparing the database and the static files")
        cluster.ensure()
        if port != options.port:
            tree.log.line("packhorse", f"port {options.port} is taken; using {port}")
        if not _prepared(tree.log, env):
            return 0 if tree.stopping else 1
        tree.run(_Watch(tree, options.host, port))
        tree.log.line("packhorse", "stopped")
    return 0
