"""Who acts, what they may do, and which rows they see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from packhorse.core.errors import NotAllowed

#: What can be allowed. A use case names one of these in `authorize`; a role is a set of them.
PERMISSIONS: Final = frozenset(
    {
        "see_stock", "see_orders", "see_money", "see_settings", "see_insights",
        "manage_people", "manage_catalog", "manage_settings",
        "purchase", "receive", "put_away", "count", "adjust_stock",
        "take_orders", "edit_orders", "hold_orders", "cancel_orders", "take_payment",
        "release", "pick", "pack", "ship", "manifest", "track", "deliver",
        "approve_returns", "receive_return", "inspect", "refund", "tickets",
        "import_data", "run_system",
    }
)  # fmt: skip

_SEE: Final = frozenset({"see_stock", "see_orders"})
_FLOOR: Final = frozenset({"receive", "put_away", "count", "pick", "pack", "ship", "manifest", "receive_return", "inspect"})

ROLES: Final[dict[str, frozenset[str]]] = {
    "owner": PERMISSIONS,
    "manager": PERMISSIONS - {"manage_people"},
    "receiver": _SEE | {"receive", "put_away", "count", "receive_return", "inspect"},
    "picker": _SEE | {"pick", "put_away", "count"},
    "packer": _SEE | {"pack", "ship", "manifest"},
    "service": _SEE
    | {"see_money", "take_orders", "edit_orders", "hold_orders", "cancel_orders", "take_payment", "approve_returns", "refund", "tickets", "track"},
    "client": _SEE | {"see_money", "take_orders", "cancel_orders", "approve_returns", "tickets", "import_data"},
    "driver": frozenset({"deliver", "track"}),
    "integrator": _SEE | {"take_orders", "edit_orders", "cancel_orders", "take_payment", "track", "import_data", "approve_returns"},
    "system": PERMISSIONS,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rows a reader sees. None means no limit; an empty set means nothing."""

    client_ids: frozenset[int] | None = None
    warehouse_ids: frozenset[int] | None = None

    def sees_client(self, client_id: int | None) -> bool:
        return self.client_ids is None or client_id in self.client_ids

    def sees_warehouse(self, warehouse_id: int | None) -> bool:
        return self.warehouse_ids is None or warehouse_id is None or warehouse_id in self.warehouse_ids

    def filters(self, client: str = "client_id", warehouse: str | None = None) -> dict[str, Any]:
        """Keyword filters for a QuerySet, given the lookups that lead to the client and the warehouse."""
        found: dict[str, Any] = {}
        if self.client_ids is not None:
            found[f"{client}__in"] = sorted(self.client_ids)
        if warehouse and self.warehouse_ids is not None:
            found[f"{warehouse}__in"] = sorted(self.warehouse_ids)
        return found


EVERYTHING: Final = Scope()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a person, an API key, a customer by link, or the house itself.

    `principal` is stable and unique (`user:7`, `key:3`, `system:dispatcher`, `link:<purpose>:<id>`); idempotency keys are scoped to it.
    """

    principal: str
    roles: frozenset[str]
    scope: Scope = field(default=EVERYTHING)
    user_id: int | None = None
    #: Where set, nothing but these is allowed, whatever the roles would (API keys with fewer rights than their role).
    only: frozenset[str] | None = None

    @property
    def permissions(self) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for role in self.roles:
            found |= ROLES.get(role, frozenset())
        return found if self.only is None else found & self.only

    def may(self, permission: str) -> bool:
        assert permission in PERMISSIONS, permission
        return permission in self.permissions


def system(name: str) -> Actor:
    """The house itself, acting in the part called `name`."""
    return Actor(principal=f"system:{name}", roles=frozenset({"system"}))


def authorize(actor: Actor, permission: str, subject: object = None, *, client_id: int | None = None, warehouse_id: int | None = None) -> None:
    """Refuse unless the actor holds the permission and sees the subject's client and warehouse.

    A subject is anything with `client_id` and/or `warehouse_id`; either may also be given by itself.

    Raises: NotAllowed.
    """
    client_id = client_id if client_id is not None else getattr(subject, "client_id", None)
    warehouse_id = warehouse_id if warehouse_id is not None else getattr(subject, "warehouse_id", None)
    if not actor.may(permission):
        raise NotAllowed(permission=permission)
    if client_id is not None and not actor.scope.sees_client(client_id):
        raise NotAllowed(permission=permission)
    if warehouse_id is not None and not actor.scope.sees_warehouse(warehouse_id):
        raise NotAllowed(permission=permission)
