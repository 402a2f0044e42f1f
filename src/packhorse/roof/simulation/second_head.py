"""A process beside the simulation that fills boxes ahead of the packers. The kernel gives the same answer wherever it runs, so a seed still gives one result."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection

from packhorse.kernels.packing.problem import Problem
from packhorse.kernels.packing.result import PackedOrder
from packhorse.kernels.packing.solve import solve, warm_up
from packhorse.kernels.stop import Stop


def _work(pipe: Connection) -> None:
    """Answer problems until nobody asks any more."""
    try:
        warm_up()
        while True:
            pipe.send(solve(pipe.recv(), stop=Stop(iterations=0)).orders[0])
    except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        os._exit(0)  # the compiler would take its time to take itself down


class SecondHead:
    """Solves packing problems in their order. The process ends with ours, however ours ends: nobody is left at the pipe."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        # A thread of its own talks to it, one problem at a time: neither side ever waits with a full pipe.
        self._asking = ThreadPoolExecutor(max_workers=1)

    def ask(self, problem: Problem) -> Future[PackedOrder]:
        """The answer, when it is there."""
        return self._asking.submit(self._ask, problem)

    def _ask(self, problem: Problem) -> PackedOrder:
        self._pipe.send(problem)
        answer: PackedOrder = self._pipe.recv()
        return answer

    def close(self) -> None:
        """No more problems."""
        self._asking.shutdown(cancel_futures=True)
        self._pipe.close()
        self._process.join(timeout=30)
