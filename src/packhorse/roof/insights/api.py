"""The API of insights, at /api/v1/insights/."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from packhorse.core.web.api import asker, scope_of
from packhorse.roof.insights import labour
from packhorse.roof.insights.types import WorkDone

router = Router()


class StandardAnswer(Schema):
    """Seconds of an act: act_s + unit_s × units + metre_s × metres; half of the acts it was learned from are within off_s."""

    act_s: float
    unit_s: float
    metre_s: float
    off_s: float
    acts: int


class WorkAnswer(Schema):
    """Work of a kind in a warehouse; without acts, too few people did it to be shown."""

    warehouse_id: int
    warehouse: str
    kind: str
    people: int
    acts: int
    lines: int
    units: int
    metres: float
    seconds: float
    lines_per_hour: float | None
    units_per_hour: float | None
    expected_s: float | None
    share: float | None
    standard: StandardAnswer | None


@router.get("/my-work", response=list[WorkAnswer])
def my_work(request: HttpRequest) -> list[WorkDone]:
    """Your own work of the last four weeks, by warehouse and kind, beside the standard. Nobody else can ask for it."""
    return labour.own_work(asker(request, "see_stock"))


@router.get("/work", response=list[WorkAnswer])
def team_work(request: HttpRequest) -> list[WorkDone]:
    """The work of all together, by warehouse and kind, beside the standard; without figures where fewer than three people did it."""
    return labour.team_work(scope_of(request, "see_insights"))
