"""Several PDFs as one."""

from __future__ import annotations

import io
from collections.abc import Iterable
from threading import Lock
from typing import Final

import pypdfium2  # type: ignore[import-untyped]

#: pdfium is used by one thread at a time.
_PDFIUM: Final = Lock()


def joined(documents: Iterable[bytes]) -> bytes:
    """All pages of the documents, in their order."""
    with _PDFIUM:
        whole = pypdfium2.PdfDocument.new()
        for data in documents:
            one = pypdfium2.PdfDocument(data)
            whole.import_pages(one)
            one.close()
        made = io.BytesIO()
        whole.save(made)
        whole.close()
    return made.getvalue()
