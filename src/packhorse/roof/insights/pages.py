"""Insights: how the house does, figure by figure, each with its rows behind it."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from packhorse.core import clock
from packhorse.core.actors import Scope
from packhorse.core.web import cells, charts
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.cells import Text
from packhorse.core.web.detail import Crumb, Detail, Section, Table, detail
from packhorse.core.web.lists import Choice, Column, Empty, ListPage
from packhorse.core.web.panels import Tile
from packhorse.roof.insights import labour, selectors
from packhorse.roof.insights.types import Judgement, Shares, WorkDone
from packhorse.steps.orders import selectors as orders

_LACKS = (
    ("in_full", gettext_lazy("not in full")),
    ("on_time", gettext_lazy("late")),
    ("whole", gettext_lazy("came back by our fault")),
    ("quiet", gettext_lazy("trouble on the way")),
)
#: How long ago orders were placed: from so many days until so many; what links name of them, and in words.
_AGES = (
    ("since", 0, 1, gettext_lazy("Under a day")),
    ("between", 1, 3, gettext_lazy("1 to 3 days")),
    ("between", 3, 7, gettext_lazy("3 to 7 days")),
    ("until", 7, 0, gettext_lazy("Longer")),
)


def _yes(key: str) -> Column:
    words = {"in_full": gettext_lazy("In full"), "on_time": gettext_lazy("On time"), "whole": gettext_lazy("Whole"), "quiet": gettext_lazy("No trouble")}
    return Column(key, words[key], cells.text(key))


def _order(row: Judgement) -> SafeString:
    return format_html('<a class="code" href="{}">{}</a>', orders.order_url(row.order_id), row.number)


judged = ListPage(
    name="insights.judged",
    title=gettext_lazy("Delivered orders, judged"),
    permission="see_insights",
    rows=selectors.judgements,
    columns=(
        Column("number", gettext_lazy("Order"), _order),
        Column("client", gettext_lazy("Client"), narrow=False),
        Column("delivered_at", gettext_lazy("Delivered")),
        Column("promised_by", gettext_lazy("Promised by")),
        *(_yes(key) for key in ("in_full", "on_time", "whole", "quiet")),
    ),
    filters=(
        Choice("perfect", gettext_lazy("Perfect"), (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))),
        Choice("lacks", gettext_lazy("But"), _LACKS),
    ),
    empty=Empty(gettext_lazy("Nothing was delivered yet"), gettext_lazy("Orders are judged when their last parcel has arrived."), "delivery"),
    search=gettext_lazy("Order number"),
)


@page("see_insights")
def insights(request: HttpRequest) -> HttpResponse:
    """Orders by stage and age, perfect orders, units a day, walks, boxes: of the last thirty days."""
    scope = actor_of(request).scope
    start = selectors.since()
    judged_url = reverse("insights:judged")
    shares, walked, filled = selectors.shares(scope, start), selectors.walked(scope, start), selectors.filled(scope, start)
    figures = [
        (_("Perfect orders"), _share(shares.perfect, shares.delivered), _("in full, on time, whole and without trouble"), f"{judged_url}?perfect=yes"),
        (_("On time"), _share(shares.on_time, shares.delivered), _("delivered by the promised day"), f"{judged_url}?lacks=on_time"),
        (
            _("Metres saved"),
            _metres(walked.saved_m),
            ngettext("in %(n)d walk, against one order at a time", "in %(n)d walks, against one order at a time", walked.walks) % {"n": walked.walks},
            reverse("picking:list") + "?state=done",
        ),
        (
            _("Box fill"),
            _permille(filled.fill_permille),
            ngettext("of %(n)d parcel", "of %(n)d parcels", filled.parcels) % {"n": filled.parcels},
            reverse("packing:parcels"),
        ),
    ]
    context = {
        "title": _("Insights"),
        "figures": figures,
        "lacks": _lacking(shares, judged_url),
        "ages": [age for *_days, age in _AGES],
        "aged": _aged(scope),
        "days": _days(scope),
        "walks": charts.bars(
            _("Metres walked, and what it would have been"),
            [
                charts.Bar(_("Walked"), round(walked.distance_m), reverse("picking:list") + "?state=done"),
                charts.Bar(_("S-shape"), round(walked.s_shape_m)),
                charts.Bar(_("One by one"), round(walked.one_by_one_m)),
            ]
            if walked.walks
            else [],
            unit="m",
        ),
        "scorecard": reverse("delivery:carriers"),
    }
    return render(request, "insights/insights.html", context)


def _share(n: int, of: int) -> str:
    return f"{formats.number_format(100 * n / of, decimal_pos=1)} %" if of else "–"


def _metres(metres: float) -> str:
    return f"{formats.number_format(round(metres), use_l10n=True, force_grouping=True)} m"


def _permille(permille: int | None) -> str:
    return "–" if permille is None else f"{formats.number_format(permille / 10, decimal_pos=1)} %"


def _lacking(shares: Shares, url: str) -> list[Tile]:
    """What kept orders from being perfect."""
    by = {"in_full": shares.in_full, "on_time": shares.on_time, "whole": shares.whole, "quiet": shares.quiet}
    return [Tile(words, shares.delivered - by[name], f"{url}?lacks={name}") for name, words in _LACKS]


def _aged(scope: Scope) -> list[tuple[str, str, list[tuple[int, str, str]]]]:
    """(stage, its link, (number, link, age) by age): the links name the days between which the orders were placed."""
    today = clock.now().date()
    rows = []
    for stage in selectors.aged(scope):
        base = f"{reverse('orders:list')}?stage={stage.stage}"
        links = []
        for (kind, newest, oldest, age), n in zip(_AGES, stage.ages, strict=True):
            until = f"&until={today - dt.timedelta(days=newest)}" if kind != "since" else ""
            since = f"&since={today - dt.timedelta(days=oldest)}" if kind != "until" else ""
            links.append((n, f"{base}{since}{until}", str(age)))
        rows.append((str(cells.badge(stage.stage).word), base, links))
    return rows


def _days(scope: Scope) -> SafeString:
    zone = timezone.get_current_timezone_name()
    today = timezone.localtime(clock.now()).date()
    found = selectors.units_by_day(scope, selectors.since(), zone)
    days = [today - dt.timedelta(days=n) for n in range(selectors.DAYS - 1, -1, -1)]
    url = reverse("delivery:list") + "?way=out"
    return charts.bars(
        _("Units that left, by day"),
        [charts.Bar(f"{day:%m-%d}", found.get(day, 0), url) for day in days] if found else [],
        unit=_("units"),
        text=_("The last thirty days"),
    )


#: What kinds of work are called.
_WORK: dict[str, Text] = {
    "receive": gettext_lazy("Receiving"),
    "put_away": gettext_lazy("Put-away"),
    "relocate": gettext_lazy("Replenishment"),
    "pick": gettext_lazy("Picking"),
    "pack": gettext_lazy("Packing"),
}


def _figure(value: float | None, unit: str = "", digits: int = 0) -> str:
    return "–" if value is None else f"{formats.number_format(round(value, digits), decimal_pos=digits, force_grouping=True)}{unit}"


def _formula(work: WorkDone) -> str:
    """The standard of a kind of work, as it is counted."""
    s = work.standard
    if s is None:
        return _("too little was done yet to learn one")
    parts = [_("%s s each time") % _figure(s.act_s, digits=1)]
    if s.unit_s:
        parts.append(_("%s s a unit") % _figure(s.unit_s, digits=1))
    if s.metre_s:
        parts.append(_("%s s a metre") % _figure(s.metre_s, digits=2))
    return _("%(formula)s; half of all are within %(off)s s of it (learned from %(n)d)") % {"formula": " + ".join(parts), "off": _figure(s.off_s), "n": s.acts}


_DONE = (
    Column("kind", gettext_lazy("Work"), lambda w: cells.show(_WORK[w.kind])),
    Column("warehouse", gettext_lazy("Warehouse")),
    Column("lines", gettext_lazy("Lines"), align="end"),
    Column("units", gettext_lazy("Units"), align="end"),
    Column("lines_per_hour", gettext_lazy("Lines an hour"), lambda w: cells.show(_figure(w.lines_per_hour)), align="end"),
    Column("units_per_hour", gettext_lazy("Units an hour"), lambda w: cells.show(_figure(w.units_per_hour)), align="end"),
    Column("seconds", gettext_lazy("Took"), lambda w: cells.show(_figure(w.seconds / 60, " min")), align="end"),
    Column(
        "expected_s", gettext_lazy("By the standard"), lambda w: cells.show(_figure(None if w.expected_s is None else w.expected_s / 60, " min")), align="end"
    ),
    Column("share", gettext_lazy("Of the standard"), lambda w: cells.show(_figure(None if w.share is None else 100 * w.share, " %")), align="end"),
)
_STANDARDS = (
    Column("kind", gettext_lazy("Work"), lambda w: cells.show(_WORK[w.kind])),
    Column("warehouse", gettext_lazy("Warehouse")),
    Column("standard", gettext_lazy("Standard time"), lambda w: cells.sentence(_formula(w))),
)


def _tables(found: list[WorkDone], empty: Text) -> tuple[Section, ...]:
    return Table(_("What was done"), _DONE, found, empty), Table(_("Standard time, learned from all"), _STANDARDS, found, empty)


@page()
def my_work(request: HttpRequest) -> HttpResponse:
    """Your own work of the last weeks, beside the standard: nobody else can open it."""
    actor = actor_of(request)
    found = labour.own_work(actor)
    shown = Detail(
        title=_("My work"),
        kind=_("For you alone"),
        sentence=_(
            "The last %(n)d days. What took longer than ten minutes counts for nothing: it was a break, or something was in your way. Nobody else sees these figures."
        )
        % {"n": labour.DAYS},
        sections=_tables(found, _("You have not moved anything yet.")),
    )
    return detail(request, shown)


@page("see_insights")
def team_work(request: HttpRequest) -> HttpResponse:
    """The work of all together, beside the standard; nobody by name."""
    found = labour.team_work(actor_of(request).scope)
    shown = [w for w in found if w.acts]
    hidden = [w for w in found if not w.acts]
    sentence = _("The last %(n)d days, all together: each sees their own under My work, and nobody else does.") % {"n": labour.DAYS}
    if hidden:
        names = ", ".join(f"{_WORK[w.kind]} ({w.warehouse})" for w in hidden)
        sentence += " " + _("Not shown, since fewer than %(n)d did it: %(names)s.") % {"n": labour.LEAST_PEOPLE, "names": names}
    return detail(
        request,
        Detail(
            title=_("Work of the floor"),
            kind=_("Teams"),
            sentence=sentence,
            crumbs=(Crumb(_("Insights"), reverse("insights:insights")),),
            sections=_tables(shown, _("Nothing that three people did.")),
        ),
    )
