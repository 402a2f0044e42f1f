"""What shipping shows on the menu, on home, on the order page and in the search box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from packhorse.core.actors import Scope
from packhorse.core.refs import Ref
from packhorse.core.scan import Context, parse
from packhorse.core.web import cells
from packhorse.core.web.cells import Text
from packhorse.core.web.detail import Section, Table
from packhorse.core.web.lists import Column
from packhorse.core.web.panels import Hit, Tile
from packhorse.steps.shipping import selectors, words
from packhorse.steps.shipping.types import LabelInfo


def count(scope: Scope) -> int:
    """Parcels that wait for a label, those refused among them."""
    return selectors.waiting_count(scope)


def tiles(scope: Scope) -> list[Tile]:
    """Home: what needs a person now."""
    shelf = reverse("shipping:list")
    return [
        Tile(_("Labels refused"), selectors.failed_count(scope), f"{shelf}?shelf=failed", "bad", _("parcels that no carrier took yet"), "label"),
        Tile(_("To label"), selectors.waiting_count(scope), shelf, "calm", _("sealed parcels"), "shipping"),
    ]


def _papers(label: LabelInfo) -> str:
    ids = [(_("Label"), label.pdf_id), (_("Slip"), label.slip_id)]
    shown = format_html_join(" · ", '<a href="{}">{}</a>', ((reverse("files:content", args=[pk]), name) for name, pk in ids if pk))
    return shown or cells.NOTHING


_LABELS: Final = (
    Column("number", _("Label"), lambda r: cells.link("name", "shipping:label")({"id": r.label_id, "name": r.tracking_number or f"#{r.label_id}"})),
    Column("parcel", _("Parcel")),
    Column("state", _("State"), cells.state("state", words.LABEL)),
    Column("service", _("Service"), words.service),
    Column("amount_minor", _("Price"), cells.money("amount_minor"), align="end"),
    Column("handed_over_at", _("Left")),
    Column("papers", _("Documents"), lambda r: cells.show(_papers(r))),
)


def order_sections(scope: Scope, *, order_id: int, demand_ids: Sequence[int]) -> list[Section]:  # noqa: ARG001 - labels know the order
    """The order page: its labels and documents."""
    found = selectors.labels_of_orders(scope, [order_id])
    return [Table(_("Labels and documents"), _LABELS, found)] if found else []


def documents(scope: Scope, ref: Ref) -> list[tuple[Text, str]]:
    """A parcel's label, where it was bought."""
    if ref.kind != "packing.parcel":
        return []
    return [
        (_("Label"), reverse("files:content", args=[found.pdf_id]))
        for found in selectors.labels_of(scope, [ref.id])
        if found.state == "bought" and found.pdf_id
    ]


def search(scope: Scope, text: str) -> list[Hit]:
    """Labels and parcels by tracking number, parcel number or SSCC."""
    hits = []
    for match in selectors.resolve(parse(text), Context(scope)):
        label = selectors.label(scope, match.ref.id)
        said = f"{label.parcel or ''} {words.LABEL[label.state].word}".strip()
        hits.append(Hit(match.title, _("Label"), reverse("shipping:label", args=[match.ref.id]), said, exact=True))
    return hits
