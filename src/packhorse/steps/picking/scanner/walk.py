"""A walk as a screen needs it: read once for each scan, and once more after something was posted."""

from __future__ import annotations

from dataclasses import dataclass

from packhorse.core.actors import Actor
from packhorse.steps.picking import selectors
from packhorse.steps.picking.types import BatchInfo, TaskInfo


@dataclass(frozen=True, slots=True)
class Walk:
    """Who picks, the walk, and its open picks in walking order."""

    actor: Actor
    batch: BatchInfo
    tasks: list[TaskInfo]

    @classmethod
    def read(cls, actor: Actor, batch_id: int) -> Walk:
        """Raises: NotFound."""
        return cls(actor, selectors.batch(actor.scope, batch_id), selectors.tasks(actor.scope, batch_id, claimed=True))

    def anew(self) -> Walk:
        """The same as it stands now."""
        return Walk.read(self.actor, self.batch.batch_id)

    @property
    def mine(self) -> bool:
        """Whether it is still this picker's: one that is over belongs to whoever brought it to the bench."""
        return self.batch.picker_id == self.actor.user_id
