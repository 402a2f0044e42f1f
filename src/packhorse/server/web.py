"""The web server: granian, as part of a process tree."""

from __future__ import annotations

from granian.cli import entrypoint

from packhorse.server import lifeline


def main() -> None:
    lifeline.hold()
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
