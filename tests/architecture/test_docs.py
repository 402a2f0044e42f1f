"""The handbook holds what was written for it, not what a terminal said."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = sorted([*Path("docs").rglob("*.md"), *Path().glob("*.md"), *Path("src").rglob("README.md")])
SAID = re.compile(r"^(?:E   |Traceback \(most recent|FAILED |ERROR )|PosixPath\(", re.MULTILINE)


def test_no_page_holds_the_output_of_a_failed_test() -> None:
    assert len(PAGES) > 30
    assert [str(p) for p in PAGES if SAID.search(p.read_text())] == []
