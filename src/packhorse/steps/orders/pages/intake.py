"""The pages of what comes in: files of orders, and the quarantine."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from tempfile import NamedTemporaryFile
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _, gettext_lazy

from packhorse.core import clock
from packhorse.core.actors import Actor, Scope
from packhorse.core.jobs import defer
from packhorse.core.money import NO_CURRENCY, Money
from packhorse.core.refs import Ref
from packhorse.core.timeline import timeline
from packhorse.core.web import cells
from packhorse.core.web.actions import Action, Done, Posted, action
from packhorse.core.web.auth import actor_of, page
from packhorse.core.web.detail import Crumb, Detail, Fact, Section, Table, detail
from packhorse.core.web.forms import form_page
from packhorse.core.web.lists import Button, Choice, Column, Empty, ListPage
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.files import services as files
from packhorse.steps.orders import file_intake, selectors, services
from packhorse.steps.orders.errors import NotTaken
from packhorse.steps.orders.forms import ImportForm, MendForm, ReasonForm
from packhorse.steps.orders.importing.detect import detect
from packhorse.steps.orders.importing.types import KINDS
from packhorse.steps.orders.pages.orders import LIST
from packhorse.steps.orders.types import ImportRunInfo, ImportRunRow, NewPayment, QuarantinedRow, Refused
from packhorse.steps.orders.uploads import import_upload

QUARANTINE = Crumb(gettext_lazy("Quarantine"), reverse_lazy("orders:quarantine"))
IMPORTS = Crumb(gettext_lazy("Imports"), reverse_lazy("orders:imports"))
OPEN = cells.Badge(gettext_lazy("Open"), "warn")
SETTLED = cells.Badge(gettext_lazy("Dealt with"), "good")
READ = cells.Badge(gettext_lazy("Read to its end"), "good")
KIND_WORDS = {
    "sale": gettext_lazy("Sale"),
    "return": gettext_lazy("Return"),
    "adjustment": gettext_lazy("Stock adjustment"),
    "fee": gettext_lazy("Fee or postage"),
    "duplicate": gettext_lazy("Duplicate"),
    "quarantined": gettext_lazy("Set aside"),
}
TAKEN_WORDS = {
    "accepted": gettext_lazy("Orders accepted"),
    "already": gettext_lazy("Orders that were here before"),
    "held": gettext_lazy("Orders held for something else than payment"),
    "backordered": gettext_lazy("Orders that wait for goods"),
    "quarantined": gettext_lazy("Orders set aside"),
    "quarantined_lines": gettext_lazy("Lines set aside"),
    "items": gettext_lazy("Items made"),
    "returns": gettext_lazy("Returns kept"),
    "adjustments": gettext_lazy("Stock adjustments kept"),
    "charges": gettext_lazy("Charges kept"),
}
#: A file of at most so many bytes is taken in before the answer.
AT_ONCE = 200_000


def _clients(scope: Scope) -> list[tuple[str, Any]]:
    return [(str(pk), name) for pk, name in catalog.client_choices(scope)]


quarantine = ListPage(
    name="orders.quarantine",
    title=gettext_lazy("Quarantine"),
    permission="take_orders",
    rows=selectors.quarantined,
    columns=(
        Column("external_id", gettext_lazy("Shop's number"), cells.link("label", "orders:quarantined", "id"), plain=lambda row: row.external_id),
        Column("reason", gettext_lazy("Why")),
        Column("client", gettext_lazy("Client"), narrow=False),
        Column("channel", gettext_lazy("From"), narrow=False),
        Column("at", gettext_lazy("Since"), sort="at"),
        Column("resolution", gettext_lazy("Dealt with")),
    ),
    filters=(
        Choice("state", gettext_lazy("State"), (("open", gettext_lazy("Open")), ("resolved", gettext_lazy("Dealt with")))),
        Choice("client", gettext_lazy("Client"), _clients),
    ),
    tabs=((gettext_lazy("Open"), "state=open"), (gettext_lazy("All"), "")),
    empty=Empty(
        gettext_lazy("Nothing is set aside"), gettext_lazy("Orders that cannot be taken stand here with the reason, to be mended and taken after all."), "check"
    ),
    search=gettext_lazy("Shop's number"),
)


@page("take_orders")
def quarantined(request: HttpRequest, quarantined_id: int) -> HttpResponse:
    """One bad order: what came, why it could not be taken, and the form to mend it."""
    actor = actor_of(request)
    found = selectors.quarantined_entry(actor.scope, quarantined_id)
    is_line = isinstance(found.payload, dict) and "raw" in found.payload
    shown = Detail(
        title=found.label,
        kind=_("Quarantined"),
        badge=OPEN if found.resolved_at is None else SETTLED,
        sentence=found.reason,
        crumbs=(LIST, QUARANTINE),
        facts=(
            Fact(_("Client"), found.client),
            Fact(_("From"), found.channel),
            Fact(_("Since"), found.at),
            Fact(_("Dealt with"), found.resolution),
            *((Fact(_("As it came"), found.payload.get("raw")),) if is_line else ()),
        ),
        actions=_possible(found, actor, is_line=is_line),
        timeline=timeline(subject=Ref("orders.quarantined", quarantined_id), scope=actor.scope),
    )
    return detail(request, shown)


def _possible(found: QuarantinedRow, actor: Actor, *, is_line: bool) -> tuple[Action, ...]:
    if found.resolved_at is not None:
        return ()
    first = {"payload": json.dumps(_skeleton(found) if is_line else found.payload, indent=2, ensure_ascii=False)}
    return (
        Action(_("Mend and take"), reverse("orders:mend", args=[found.id]), form=MendForm(initial=first, scope=actor.scope), tone="primary", icon="check"),
        Action(_("Discard"), reverse("orders:discard", args=[found.id]), form=ReasonForm(), tone="danger", icon="trash"),
    )


def _skeleton(found: QuarantinedRow) -> dict[str, Any]:
    """Of a broken line only its text is known: an order to be filled in."""
    return {
        "external_id": found.external_id,
        "channel": found.channel,
        "placed_at": found.at.isoformat(),
        "currency": "",
        "lines": [{"sku": "", "quantity": 1, "unit_price": "0"}],
    }


def _mend_form(request: HttpRequest) -> dict[str, Any]:
    return {"scope": actor_of(request).scope}


@form_page(
    MendForm, title=gettext_lazy("Mend an order"), permission="take_orders", submit=gettext_lazy("Take it"), crumbs=(LIST, QUARANTINE), form_kwargs=_mend_form
)
def mend(p: Posted, quarantined_id: int) -> Done:
    answer = services.mend_quarantined(key=p.key, actor=p.actor, quarantined_id=quarantined_id, **p.data)
    if isinstance(answer, Refused):
        raise NotTaken(reason=answer.reason, quarantined_id=answer.quarantined_id)
    return Done(_("Order %s is taken.") % answer.number, to=reverse("orders:order", args=[answer.order_id]))


@action("take_orders", form=ReasonForm)
def discard(p: Posted, quarantined_id: int) -> Done:
    services.discard_quarantined(key=p.key, actor=p.actor, quarantined_id=quarantined_id, reason=p.data["reason"])
    return Done(_("The order is set aside for good."), to=reverse("orders:quarantine"))


def _progress(row: ImportRunRow) -> Any:
    return cells.show(row.ended_at) if row.ended_at else cells.show_progress(row.done, row.total)


imports = ListPage(
    name="orders.imports",
    title=gettext_lazy("Imports"),
    permission="import_data",
    rows=selectors.import_runs,
    columns=(
        Column("file_name", gettext_lazy("File"), cells.link("file_name", "orders:import-run", "id")),
        Column("format", gettext_lazy("Format"), narrow=False),
        Column("client", gettext_lazy("Client"), narrow=False),
        Column("started_at", gettext_lazy("Begun")),
        Column("ended_at", gettext_lazy("Ended"), _progress),
        Column("lines_read", gettext_lazy("Lines"), align="end"),
        Column("accepted", gettext_lazy("Orders"), align="end"),
        Column("quarantined", gettext_lazy("Set aside"), align="end"),
    ),
    buttons=(Button(gettext_lazy("Import"), "orders:import", "import_data", icon="upload"),),
    empty=Empty(gettext_lazy("No file was imported yet"), gettext_lazy("A plain CSV, JSON lines, or Online Retail."), "upload"),
    search=gettext_lazy("File name"),
)


@page("import_data")
def import_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One imported file: every line accounted for."""
    actor = actor_of(request)
    found = selectors.import_run(actor.scope, run_id)
    shown = Detail(
        title=found.row.file_name,
        kind=_("Import"),
        badge=READ if found.ended_at else cells.Badge(_("Being read"), "busy"),
        sentence=_said(found),
        crumbs=(LIST, IMPORTS),
        facts=(
            Fact(_("Format"), found.row.format),
            Fact(_("Client"), found.row.client),
            Fact(_("Warehouse"), found.row.warehouse),
            Fact(_("Begun"), found.row.started_at),
            Fact(_("Ended"), found.ended_at),
        ),
        sections=_report(found),
        timeline=timeline(subject=Ref("orders.import_run", run_id), scope=actor.scope),
    )
    return detail(request, shown)


def _said(found: ImportRunInfo) -> str:
    if found.ended_at is None:
        return _("It is being read: %(done)d of %(total)d orders.") % {"done": found.row.done, "total": found.row.total}
    if found.report.get("reconciled"):
        return _("Every line is accounted for.")
    return _("The sums do NOT add up: please report this file.")


def _report(found: ImportRunInfo) -> tuple[Section, ...]:
    if not found.report:
        return ()
    currency = found.report["currency"] or NO_CURRENCY
    rows = [
        {"kind": KIND_WORDS[k.value], "lines": found.report["lines"][k.value], "value": Money(found.report["value_minor"][k.value], currency)} for k in KINDS
    ]
    taken = [{"what": word, "n": found.taken[name]} for name, word in TAKEN_WORDS.items() if name in found.taken]
    left = [{"what": x["reason"]} for x in found.report["left"]]
    lines = (Column("kind", _("Lines are")), Column("lines", _("Lines"), align="end"), Column("value", _("Value"), align="end"))
    foot = {"kind": _("read"), "lines": found.report["lines_read"], "value": Money(sum(found.report["value_minor"].values()), currency)}
    return (
        Table(_("Lines"), lines, rows, foot=foot),
        Table(_("What became of them"), (Column("what", _("What")), Column("n", _("How many"), align="end")), taken),
        *((Table(_("Not read"), (Column("what", _("Why")),), left),) if left else ()),
    )


@form_page(
    ImportForm,
    title=gettext_lazy("Import orders"),
    permission="import_data",
    submit=gettext_lazy("Import"),
    crumbs=(LIST, IMPORTS),
    form_kwargs=lambda request: {"scope": actor_of(request).scope},
)
def import_orders(p: Posted) -> Done:
    """A small file is taken in at once, a larger one by a job, with its progress on the list of imports."""
    data: bytes = p.data["file"].read()
    name = PurePath(p.data["file"].name).name
    given = {"client_id": p.data["client_id"], "warehouse_id": p.data["warehouse_id"], "preset": p.data["preset"] or None}
    payment = p.data["payment"]
    with NamedTemporaryFile(suffix=PurePath(name).suffix) as kept:
        kept.write(data)
        kept.flush()
        if not given["preset"]:
            detect(Path(kept.name))  # refuses what is no order file while the form is still open
        if len(data) <= AT_ONCE:
            done = file_intake.import_file(Path(kept.name), actor=p.actor, payment=NewPayment(payment) if payment else None, file_name=name, **given)
            return Done(_("The file is imported."), to=reverse("orders:import-run", args=[done.run_id]))
    until = (clock.now() + file_intake.KEEP_UPLOADS).date()
    file_id = files.store(data, "application/octet-stream", "orders.import", given["client_id"], until)
    defer(import_upload, file_id=file_id, file_name=name, actor=p.actor, payment=payment, **given)
    return Done(_("The file is being read."), to=reverse("orders:imports"))
