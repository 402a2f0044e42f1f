"""What a reader sees, as a condition for SQL."""

from __future__ import annotations

from typing import Any, Final

from packhorse.core.actors import Scope

#: A release `r` that the reader sees.
SEEN: Final = "(%(clients)s::bigint[] IS NULL OR r.client_id = ANY(%(clients)s)) AND (%(warehouses)s::bigint[] IS NULL OR r.warehouse_id = ANY(%(warehouses)s))"


def seen(scope: Scope, **more: Any) -> dict[str, Any]:
    """The parameters of SEEN, and `more`."""
    return {
        "clients": None if scope.client_ids is None else sorted(scope.client_ids),
        "warehouses": None if scope.warehouse_ids is None else sorted(scope.warehouse_ids),
        **more,
    }
