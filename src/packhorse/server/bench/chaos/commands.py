"""What a client wants done, what it was told, and the floor that it stands on while it thinks of something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Protocol
from uuid import UUID

from packhorse.core.actors import Actor


@dataclass(frozen=True)
class World:
    """Ids of what was made: two warehouses, a few hot items (some with lots, one a kit)."""

    client_id: int
    warehouses: tuple[int, ...]
    supplier_id: int
    #: Item ids by SKU; those of goods with lots are in `lots` as well. A kit is ordered only.
    items: dict[str, int]
    lots: frozenset[str]
    kit: str
    #: Dock, return place and bins of each warehouse.
    docks: dict[int, int]
    bins: dict[int, tuple[int, ...]]

    @property
    def skus(self) -> list[str]:
        return [s for s in self.items if s != self.kit]


@dataclass(frozen=True)
class Command:
    """One change: a POST, or (where there is no endpoint, or to have more real connections in the game) a use case called on a database connection of the client's own."""

    path: str = ""
    body: Any = None
    direct: Callable[..., Any] | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    #: How many units its moves add up to, told by what was asked or by the answer; None where that cannot be said.
    units: int | Callable[[Any], int] | None = None
    #: The answer shows how things stand now, so that a repeat may show them otherwise.
    view: bool = False
    #: Work that wakes others and claims no key of its own: repeated until it ends, and nothing is recorded under its key.
    errand: bool = False
    #: Whether an answer changed something: what found nothing to do leaves no command behind.
    changed: Callable[[Any], bool] = bool


@dataclass(frozen=True)
class Answered:
    """A command that was answered: acknowledged with 2xx (or a use case's return), else refused."""

    act: str
    command: Command
    key: UUID
    principal: str
    status: int
    answer: Any
    tries: int
    seconds: float

    @property
    def acknowledged(self) -> bool:
        return self.status < 300


class Floor(Protocol):
    """What an act sees: the world, dice, and what stands in the database."""

    world: World
    dice: Random
    number: int

    def actor(self) -> Actor: ...
    def rows(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...
    def name(self) -> str: ...


Act = Callable[[Floor], Command | None]
#: Every act with how often it is drawn.
ACTS: Final[dict[str, tuple[int, Act]]] = {}


def act(weight: int) -> Callable[[Act], Act]:
    """Make a function an act that is drawn so often among the others."""

    def register(function: Act) -> Act:
        ACTS[function.__name__] = (weight, function)
        return function

    return register


def some(floor: Floor, statement: str, params: Sequence[Any] = (), most: int = 1) -> list[tuple[Any, ...]]:
    """Up to `most` random rows of a query."""
    return floor.rows(f"SELECT * FROM ({statement}) asked ORDER BY random() LIMIT {floor.dice.randint(1, most)}", params)


def house(floor: Floor) -> int:
    """A warehouse: the first most of the time."""
    return floor.world.warehouses[0] if floor.dice.random() < 0.8 else floor.dice.choice(floor.world.warehouses)
