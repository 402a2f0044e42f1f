"""What later steps may ask of picking."""

from __future__ import annotations

from collections.abc import Sequence

from packhorse.core import sql, work


def totes_emptied(release_ids: Sequence[int]) -> None:
    """The totes of these releases were emptied at the bench: they are free for other orders."""
    sql.run("UPDATE picking_release SET emptied_at = %s WHERE id = ANY(%s) AND emptied_at IS NULL", [work.current().at, sorted(release_ids)])
