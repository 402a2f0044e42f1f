"""The desk's pages: home, an order, search, how the system runs."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from packhorse.core import clock, jobs
from packhorse.core.actors import EVERYTHING
from packhorse.core.errors import NotAllowed
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, detail
from packhorse.roof.desk import home as homes, search as searches, selectors, services
from packhorse.roof.desk.order import order_page
from packhorse.roof.desk.words import FIGURES
from packhorse.steps.orders import selectors as orders


@page()
def home(request: HttpRequest) -> HttpResponse:
    """What needs a person now, orders by stage, what was done today."""
    actor = actor_of(request)
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    shown = homes.tiles(actor)
    context = {
        "title": _("Home"),
        "shown": shown,
        "stages": homes.stages(actor),
        "flow": homes.flow(actor, midnight) if actor.may("see_orders") else [],
        "nobody": not actor.permissions,
    }
    return render(request, "desk/home.html", context)


@page("see_orders")
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order, composed of what every step knows of it. Orders' own address leads here (PACKHORSE_ORDER_PAGE)."""
    return detail(request, order_page(actor_of(request), order_id))


@page("see_orders")
def order_by_number(request: HttpRequest, number: str) -> HttpResponse:
    """An order by what is written on it: leads to its page, or to the search where several are meant."""
    found = {ref.order_id for ref in orders.by_number(actor_of(request).scope, number)}
    if len(found) == 1:
        return HttpResponseRedirect(orders.order_url(found.pop()))
    return HttpResponseRedirect(reverse("desk:search", query={"q": number}))


@page()
def search(request: HttpRequest) -> HttpResponse:
    """What a text or a scan may mean. One exact name opens at once; as one types (htmx), the hits stand below the box."""
    text = request.GET.get("q", "").strip()
    hits = searches.find(request, actor_of(request), text)
    context = {"title": _("Search"), "search_text": text, "hits": hits}
    if request.headers.get("HX-Target") == "found":
        response = render(request, "desk/_hits.html", context)
    elif (one := searches.the_one(hits, text)) is not None:
        response = HttpResponseRedirect(one.url)
    else:
        response = render(request, "desk/search.html", context)
    response["Vary"] = "HX-Target"
    return response


@page("run_system")
def system(request: HttpRequest) -> HttpResponse:
    """How the machinery stands: are the books right, which jobs failed, which events were parked, how far behind the dispatcher is."""
    actor = actor_of(request)
    if actor.scope != EVERYTHING:
        raise NotAllowed(permission="run_system")
    before = request.GET.get("before", "")
    failed = jobs.failed_jobs(before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None)
    found = selectors.findings()
    wrong = [f for f in found if f.closed_at is None]
    context = {
        "title": _("System"),
        "crumbs": (Crumb(_("Settings"), reverse("settings")),),
        "open": [(FIGURES[f.room, f.kind], f) for f in wrong],
        "closed": [(FIGURES[f.room, f.kind], f) for f in found if f.closed_at is not None],
        "drifting": selectors.drifting(),
        "swept": selectors.swept(),
        "check": Action(_("Check all now"), reverse("desk:check-books"), icon="refresh"),
        "mend": Action(
            _("Mend"),
            reverse("desk:mend"),
            icon="check",
            tone="primary",
            hidden={"findings": ",".join(str(f.id) for f in wrong)},
            confirm=_("Make what is stated agree with its rows?"),
        ),
        "may_mend": actor.may("adjust_stock") and bool(wrong),
        "outbox": selectors.outbox(),
        "parked": selectors.parked_events(),
        "failed": failed,
        "failed_count": jobs.failed_count(),
        "next": failed[-1].id if len(failed) == 50 else None,
    }
    return render(request, "desk/system.html", context)


class EventsForm(forms.Form):
    """Which parked events."""

    events = forms.TypedMultipleChoiceField(coerce=int, label=gettext_lazy("Events"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["events"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(e.id, str(e.id)) for e in selectors.parked_events(limit=1000)]


class FindingsForm(forms.Form):
    """Which findings: their numbers with commas."""

    findings = forms.RegexField(r"^[0-9]{1,18}(,[0-9]{1,18})*$", label=gettext_lazy("Findings"))


@action("run_system")
def check_books(_p: Posted) -> Done:
    """Look at all of both ledgers, in a job."""
    jobs.defer("desk.check_books")
    return Done(_("The whole books are being checked; what disagrees stands here as it is found."))


@action("run_system", form=FindingsForm)
def mend(p: Posted) -> Done:
    """Make the figures of findings say what their rows say."""
    done = services.mend_findings(key=p.key, actor=p.actor, finding_ids=sorted({int(i) for i in p.data["findings"].split(",")}))
    said = ngettext("%d figure mended.", "%d figures mended.", done.mended) % done.mended
    if done.left:
        said += " " + ngettext("%d needs a person.", "%d need a person.", done.left) % done.left
    return Done(said)


@action("run_system")
def retry_job(p: Posted, job_id: int) -> Done:
    """Queue a failed job once more."""
    services.retry_job(key=p.key, actor=p.actor, job_id=job_id)
    return Done(_("The job is queued again."))


@action("run_system", form=EventsForm)
def retry_events(p: Posted) -> Done:
    """Give parked events another round."""
    n = services.retry_events(key=p.key, actor=p.actor, event_ids=p.data["events"])
    return Done(ngettext("%d event is handed over again.", "%d events are handed over again.", n) % n)
