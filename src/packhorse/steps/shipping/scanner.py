"""The floor's tasks: load a truck, print a label once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from packhorse.core.actors import Actor
from packhorse.core.errors import NotFound
from packhorse.core.scan import Scan
from packhorse.core.web.cells import Text
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.ground.warehouse import selectors as warehouses
from packhorse.steps.shipping import selectors, services, words
from packhorse.steps.shipping.errors import NoLabel
from packhorse.steps.shipping.types import Loaded


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@register_flow
class Load(Flow):
    """Scan every parcel onto the truck: nothing is left on the dock, nothing wrong leaves."""

    name: ClassVar[str] = "shipping.load"
    title: ClassVar[Text] = _("Load a truck")
    text: ClassVar[Text] = _("Scan each label as it goes on")
    icon: ClassVar[str] = "shipping"
    permission: ClassVar[str] = "manifest"

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        mine = warehouses.all_warehouses(actor.scope)
        wanted = _number(context.get("warehouse"))
        warehouse = next((w for w in mine if w.id == wanted), mine[0] if len(mine) == 1 else None)
        carriers = words.carriers()
        if warehouse is not None and len(carriers) == 1:
            return self._next(warehouse.id, carriers[0][0], None)
        fields = [Field("carrier", _("Carrier"), "choice", choices=tuple(carriers))]
        if warehouse is None:
            fields.append(Field("warehouse", _("Warehouse"), "choice", choices=tuple((str(w.id), w.name) for w in mine)))
        state = {"step": "truck", "warehouse": warehouse.id if warehouse else None}
        return Screen(
            title=self.title, instruction=_("Whose truck is it?"), fields=tuple(fields), buttons=(Button("begin", _("Begin"), "primary"),), state=state
        )

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] != "load":
            raise NoLabel(scanned=scan.text, label_id=None)
        done = services.load_parcel(key=key, actor=actor, warehouse_id=state["warehouse"], carrier=state["carrier"], scanned=scan.sscc or scan.text)
        return self._next(state["warehouse"], state["carrier"], done)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        if name == "begin":
            warehouse = _number(fields.get("warehouse")) or state.get("warehouse")
            carrier = fields.get("carrier", "")
            if not isinstance(warehouse, int) or carrier not in dict(words.carriers()):
                raise NotFound(kind="truck", ref=carrier)
            return self._next(warehouses.warehouse(actor.scope, warehouse).id, carrier, None)
        only = selectors.loaded_labels(actor.scope, state["warehouse"], state["carrier"])
        done = services.close_manifest(key=key, actor=actor, warehouse_id=state["warehouse"], carrier=state["carrier"], label_ids=only)
        return Screen(
            title=words.carrier_name(state["carrier"]),
            instruction=_("The truck may go"),
            big=done.number,
            lines=((_("Parcels"), done.parcels), (_("Refused"), len(done.refused))),
            tone="done",
            state={"step": "done"},
        )

    def _next(self, warehouse_id: int, carrier: str, done: Loaded | None) -> Screen:
        say = ""
        if done is not None:
            say = gettext("%(parcel)s is on the truck already") if done.already else gettext("%(parcel)s is on the truck")
            say %= {"parcel": done.parcel}
        return Screen(
            title=words.carrier_name(carrier),
            instruction=_("Scan the next label"),
            big=done.parcel if done else "",
            progress=(done.loaded, done.ready) if done else None,
            buttons=(Button("close", _("All on: let it go"), "primary", "check"),) if done else (),
            tone="ok" if done else "ask",
            say=say,
            state={"step": "load", "warehouse": warehouse_id, "carrier": carrier},
        )


@register_flow
class Reprint(Flow):
    """Scan a parcel or what is left of its label: one tap prints it again."""

    name: ClassVar[str] = "shipping.reprint"
    title: ClassVar[Text] = _("Print a label again")
    text: ClassVar[Text] = _("Scan the parcel or its tracking number")
    icon: ClassVar[str] = "print"
    permission: ClassVar[str] = "ship"

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        return Screen(title=self.title, instruction=_("Scan the parcel"), state={})

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        found = selectors.find(actor.scope, scan.sscc or scan.text)
        if found is None or found.pdf_id is None:
            raise NoLabel(scanned=scan.text, label_id=found.label_id if found else None)
        papers = ((_("Label"), found.pdf_id), (_("Label as ZPL"), found.zpl_id), (_("Packing slip"), found.slip_id))
        return Screen(
            title=self.title,
            instruction=_("Print it, or scan the next parcel"),
            big=found.tracking_number or "",
            lines=((_("Parcel"), found.parcel or "–"), (_("Service"), words.service_name(found.carrier, found.service))),
            links=tuple((name, reverse("files:content", args=[pk])) for name, pk in papers if pk),
            tone="ok",
            state={},
        )

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        return self.start(actor=actor, key=key, context={})
