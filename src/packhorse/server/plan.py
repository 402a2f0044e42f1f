"""`packhorse plan pick|pack PROBLEM -o PLAN`: solve problem files without an installation: no database, no data folder, no settings.

PROBLEM and PLAN may be two folders: every problem below the first gets a plan of the same relative name below the second.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from packhorse.kernels.errors import InvalidProblem
from packhorse.kernels.stop import Stop
from packhorse.server.exits import FAILED, INTERRUPTED

TOLD_EVERY_S: Final = 0.5
TOLD_LEFT_OUT: Final = 10
LEFT_OUT: Final = {"too_large": "larger than every box", "too_heavy": "too heavy for every box it fits", "unavailable": "no box is left for it"}


class Teller:
    """Says on a terminal how a search stands. Ctrl-C ends the search with the best plan so far; the second one the command."""

    def __init__(self, name: str) -> None:
        self.name, self.told, self.shown = name, time.monotonic(), sys.stderr.isatty()

    def __call__(self, share: float, value: float) -> None:
        if self.shown and time.monotonic() - self.told >= TOLD_EVERY_S:
            self.told = time.monotonic()
            sys.stderr.write(f"\r{self.name}: {share:4.0%}, {value:,.0f} so far ")
            sys.stderr.flush()

    def done(self) -> None:
        """Ends the line."""
        if self.shown:
            sys.stderr.write("\r\033[K")


def started_ago() -> float:
    """Seconds since this process started, where the system tells; else since Python did."""
    try:
        ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / 100  # USER_HZ
    except (OSError, ValueError, AttributeError):
        return time.process_time()


def pick(source: Path, target: Path, limit: float, began: float, seed: int) -> bool:
    """One pick problem, whose time runs since `began`; whether its search was interrupted."""
    from packhorse.kernels.picking import files
    from packhorse.kernels.picking.result import Progress
    from packhorse.kernels.picking.solve import solve

    teller, interrupted = Teller(source.name), Interrupt()

    def report(progress: Progress) -> bool:
        teller(progress.share, progress.metres)
        return not interrupted.asked

    problem = files.read(source)
    with interrupted:
        result = solve(problem, stop=Stop(seconds=limit, spent=time.monotonic() - began), seed=seed, report=report)
    teller.done()
    files.write(result, target)
    return interrupted.asked


def pack(source: Path, target: Path, limit: float, began: float, seed: int) -> bool:
    """One pack problem, as `pick`. Its first answer does not wait for the clock, so a limit may be passed by the time that one takes."""
    from packhorse.kernels.packing import files
    from packhorse.kernels.packing.result import Why
    from packhorse.kernels.packing.solve import solve

    result = solve(files.read(source), stop=Stop(seconds=limit, spent=time.monotonic() - began), seed=seed)
    files.write(result, target)
    out = [(order.id, left) for order in result.orders for left in order.left_out if left.why is not Why.NO_ROOM]
    for order, left in out[:TOLD_LEFT_OUT]:
        sys.stderr.write(f"{source.name}: order {order}: {left.quantity} of {left.item} left out: {LEFT_OUT[left.why]}\n")
    if len(out) > TOLD_LEFT_OUT:
        sys.stderr.write(f"{source.name}: and {len(out) - TOLD_LEFT_OUT} more items left out\n")
    return False


class Interrupt:
    """While it lasts, the first Ctrl-C is only noted."""

    asked = False

    def __enter__(self) -> None:
        import signal

        def note(_signal: int, _frame: object) -> None:
            if self.asked:
                raise KeyboardInterrupt
            self.asked = True

        self._before = signal.signal(signal.SIGINT, note)

    def __exit__(self, *_: object) -> None:
        import signal

        signal.signal(signal.SIGINT, self._before)


KINDS: Final[dict[str, Callable[[Path, Path, float, float, int], bool]]] = {"pick": pick, "pack": pack}


def pairs(problem: Path, plan: Path) -> Iterator[tuple[Path, Path]]:
    """Problem files and where their plans go."""
    if not problem.is_dir():
        yield problem, plan
        return
    for path in sorted(problem.rglob("*.json")):
        yield path, plan / path.relative_to(problem)


def arguments_of(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="packhorse plan", description="Solve problem files (packhorse-pick-problem/1, packhorse-pack-problem/1) and write plans."
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("problem", type=Path, help="a problem, or a folder of problems")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the plan, or the folder for the plans")
    parser.add_argument("--time-limit", type=float, default=5.0, metavar="S", help="seconds for each problem, the start of the command included (default 5)")
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same plan (default 0)")
    asked = parser.parse_args(argv)
    if asked.time_limit < 0 or asked.seed < 0:
        parser.error("--time-limit and --seed are at least 0")
    if not asked.problem.exists():
        parser.error(f"there is no {asked.problem}")
    if asked.problem.is_dir() and asked.output.is_file():
        parser.error(f"{asked.problem} is a folder, so {asked.output} must be one too")
    return asked


def run(argv: list[str]) -> int:
    """Solve; exit code 1 if a problem could not be read or solved, the others are planned all the same."""
    asked = arguments_of(argv)
    began, failed = time.monotonic() - started_ago(), False
    for problem, plan in pairs(asked.problem, asked.output):
        try:
            plan.parent.mkdir(parents=True, exist_ok=True)
            if KINDS[asked.kind](problem, plan, asked.time_limit, began, asked.seed) and asked.problem.is_dir():
                return INTERRUPTED
        except (InvalidProblem, OSError) as error:
            sys.stderr.write(f"{problem}: {error}\n")
            failed = True
        if asked.problem.is_dir() and sys.stderr.isatty():
            sys.stderr.write(f"{problem.name}: {time.monotonic() - began:.1f} s\n")
        began = time.monotonic()
    return FAILED if failed else 0
