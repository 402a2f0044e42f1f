"""`python -m packhorse` is the command `packhorse`. What needs no installation is run without importing what one needs, which takes longer than it."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run one command; its exit code."""
    if sys.argv[1:2] == ["plan"]:
        # Containers tell Python to keep nothing; without what it read of the compiler's modules, a start takes a second longer, which the time limit would count.
        sys.dont_write_bytecode = False
        from packhorse.server import exits, plan

        try:
            code = plan.run(sys.argv[2:])
        except KeyboardInterrupt:
            code = exits.INTERRUPTED
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # the compiler takes a third of a second to take itself down, and the time limit is for the whole command
    from packhorse.server.cli import main as any_command

    return any_command()


if __name__ == "__main__":
    sys.exit(main())
