"""A refusal, and the page that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.urls import reverse

from packhorse.core.errors import PackhorseError


@contextmanager
def blocked(error: type[PackhorseError], page: str, *args: int, names: str = "") -> Iterator[None]:
    """What is done inside is refused so, leads to this page, and names what blocks."""
    with pytest.raises(error) as refused:
        yield
    assert refused.value.link == reverse(page, args=args)
    assert names in refused.value.message
