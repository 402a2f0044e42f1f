"""What a kernel says to a problem that makes no sense."""

from __future__ import annotations


class InvalidProblem(ValueError):
    """The problem, or the file it was read from, cannot be solved as stated; the message names the row and the reason."""
