"""How a client's goods are packed: rows of core_setting called `packing.…`, the client's before the house's, the newest counting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from packhorse.core import clock, sql

_READ: Final = """
SELECT DISTINCT ON (c.id, s.name) c.id, s.name, s.value::text FROM unnest(%s::bigint[]) AS c(id) JOIN core_setting s ON s.client_id IS NULL OR s.client_id = c.id
WHERE s.name LIKE 'packing.%%' AND s.warehouse_id IS NULL AND s.since <= %s
ORDER BY c.id, s.name, s.client_id IS NOT NULL DESC, s.since DESC, s.id DESC
"""


@dataclass(frozen=True, slots=True)
class PackPolicy:
    """`eco`: the fewest and smallest boxes rather than the cheapest parcel. A weight further from what is expected than both `tolerance_permille` and `tolerance_g` wants a reason.

    `slip_prices`: slips say what the goods cost, but for gifts. `cut`: where a bench has a box machine, it is asked for a box as soon as an order is opened there.
    """

    eco: bool = False
    tolerance_permille: int = 100
    tolerance_g: int = 50
    slip_prices: bool = False
    cut: bool = False

    def is_off(self, weight_g: int, expected_g: int) -> bool:
        return abs(weight_g - expected_g) > max(self.tolerance_g, expected_g * self.tolerance_permille // 1000)


def policy_of(client_id: int) -> PackPolicy:
    """How the client's goods are packed."""
    return policies_of([client_id])[client_id]


def policies_of(client_ids: Sequence[int]) -> dict[int, PackPolicy]:
    """How these clients' goods are packed."""
    said: dict[int, dict[str, Any]] = {i: {} for i in client_ids}
    for client_id, name, value in sql.rows(_READ, [list(client_ids), clock.now()], often=len(client_ids) == 1):
        said[client_id][name.removeprefix("packing.")] = json.loads(value)
    return {i: PackPolicy(**{k: v for k, v in own.items() if k in PackPolicy.__dataclass_fields__}) for i, own in said.items()}


def keep(client_id: int, policy: PackPolicy) -> None:
    """A new row for each; joins the caller's transaction."""
    values = asdict(policy)
    sql.run(
        "INSERT INTO core_setting (name, client_id, value, since) SELECT 'packing.' || n, %s, v::jsonb, %s FROM unnest(%s::text[], %s::text[]) AS t(n, v)",
        [client_id, clock.now(), list(values), [json.dumps(v) for v in values.values()]],
    )
