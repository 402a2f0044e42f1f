"""A tree of processes keeps its children alive, and leaves none behind."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from packhorse.server import processes
from packhorse.server.processes import Log, Tree
from packhorse.server.up import free_port


def run(tree: Tree, *, until: Callable[[], bool]) -> None:
    """Run the tree until something is so, then ask it to stop as Ctrl-C does."""
    end = time.monotonic() + 10

    def watch() -> None:
        if until() or time.monotonic() > end:
            os.kill(os.getpid(), signal.SIGINT)

    with tree.catching_signals():
        tree.run(watch, every_s=0.02)
    assert time.monotonic() < end


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_each_line_carries_its_childs_name() -> None:
    told = io.StringIO()
    tree = Tree(Log(told))
    tree.add("first", ["sh", "-c", "echo one; exec sleep 60"])
    tree.add("second", ["sh", "-c", "echo two >&2; exec sleep 60"])
    run(tree, until=lambda: told.getvalue().count("\n") == 2)
    assert sorted(told.getvalue().splitlines()) == ["first      | one", "second     | two"]


def test_a_dead_child_is_started_again_and_what_it_left_is_ended() -> None:
    told = io.StringIO()
    tree = Tree(Log(told))
    child = tree.add("child", ["sh", "-c", "sleep 60 & echo $!; wait"])
    pids: list[int] = []

    def twice() -> bool:
        if child.pid and child.pid not in pids and told.getvalue().count("\n") in (1, 3):
            pids.append(child.pid)
            if len(pids) == 1:
                os.kill(child.pid, signal.SIGKILL)
        return len(pids) == 2

    run(tree, until=twice)
    lines = told.getvalue().splitlines()
    assert lines[1] == "child      | ended with -9; starting again in 0.5 s"
    left = [int(lines[n].split("| ")[1]) for n in (0, 2)]
    end = time.monotonic() + 5
    while any(exists(pid) for pid in [*pids, *left]):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_pause_grows_with_each_death() -> None:
    told = io.StringIO()
    tree = Tree(Log(told))
    tree.add("child", ["sh", "-c", "exit 3"])
    run(tree, until=lambda: told.getvalue().count("\n") == 3)
    assert [line.rpartition(" in ")[2] for line in told.getvalue().splitlines()] == ["0.5 s", "1 s", "2 s"]


def test_a_child_that_will_not_stop_is_killed_when_asked_twice() -> None:
    told = io.StringIO()
    tree = Tree(Log(told))
    child = tree.add("deaf", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"])
    again = threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT))
    again.start()
    began = time.monotonic()
    run(tree, until=lambda: "up" in told.getvalue())
    again.join()
    assert time.monotonic() - began < processes.GRACE_S
    assert "killed" in told.getvalue()
    assert child.ended()


def test_a_taken_port_gives_way_to_the_next() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port("127.0.0.1", port) > port
