"""The floor's tasks: receive a return, inspect a return. A return of one unit: scan it, scan the item, tap the grade."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from packhorse.core.actors import Actor
from packhorse.core.errors import Invalid, NotFound
from packhorse.core.scan import Context, Scan
from packhorse.core.web.scanner import Button, Field, Flow, Screen, State, register_flow
from packhorse.ground.catalog import selectors as catalog
from packhorse.steps.returns import selectors, services
from packhorse.steps.returns.errors import NothingLeftToInspect
from packhorse.steps.returns.forms import DISPOSITION_WORDS, GRADE_WORDS, KIND_WORDS, USUALLY
from packhorse.steps.returns.policy import REASONS
from packhorse.steps.returns.states import RMA
from packhorse.steps.returns.types import Judged, Piece, ReceivedInfo, RmaInfo


def _item(scan: Scan, actor: Actor, rma: RmaInfo) -> tuple[int, str]:
    """The item that was scanned and its SKU; of several, one that the return is about.

    Raises: NotFound.
    """
    matches = catalog.resolve(scan, Context(actor.scope, client_id=rma.client_id))
    about = {line.item_id for line in rma.lines} | {r.item_id for r in rma.received} | {kit.item_id for kit in rma.kits}
    found = next((m for m in matches if m.ref.id in about), matches[0] if matches else None)
    if found is None:
        raise NotFound(kind="item", ref=scan.text)
    return found.ref.id, str(found.title)


def _counted(rma: RmaInfo, state: State) -> dict[int, int]:
    """Units by item, a kit's components for it."""
    inside = {kit.item_id: kit.components for kit in rma.kits}
    found: dict[int, int] = {}
    for piece in state["pieces"]:
        for item, n in inside.get(piece["item"], ((piece["item"], 1),)):
            found[item] = found.get(item, 0) + n
    return found


def _all_there(rma: RmaInfo, state: State) -> bool:
    """Exactly what the return asks for has been scanned."""
    wanted: dict[int, int] = {}
    for line in rma.lines:
        wanted[line.item_id] = wanted.get(line.item_id, 0) + line.quantity - line.received
    return _counted(rma, state) == {i: q for i, q in wanted.items() if q}


def _pieces(state: State) -> list[Piece]:
    """What was scanned, summed."""
    sums: dict[tuple[int, str, bool], int] = {}
    for p in state["pieces"]:
        key = (p["item"], p["lot"], p["damaged"])
        sums[key] = sums.get(key, 0) + 1
    return [Piece(item, n, lot, damaged) for (item, lot, damaged), n in sums.items()]


def _count(rma: RmaInfo, state: State, say: str = "") -> Screen:
    """Scan what lies in the parcel, one by one."""
    wanted = sum(line.quantity - line.received for line in rma.lines)
    scanned = sum(_counted(rma, state).values())
    marks = (Button("damaged", _("The last one is damaged"), "danger"), Button("undo", _("Take back"), icon="undo")) if scanned else ()
    return Screen(
        title=rma.number,
        instruction=_("Scan each piece"),
        big=f"{scanned} / {wanted}",
        lines=tuple((line.sku, f"{line.quantity - line.received} × {line.name}") for line in rma.lines if line.quantity > line.received),
        progress=(min(scanned, wanted), max(wanted, 1)),
        buttons=(Button("done", _("That is all") if scanned else _("It is empty"), "primary" if scanned else "normal", "check"), *marks),
        tone="ok" if say else "ask",
        sound="ok" if say else "",
        say=say,
        state=state | {"step": "count", "rma": rma.rma_id},
    )


class _Returned(Flow):
    """What both tasks share: finding the return, counting what is in it."""

    def _find(self, actor: Actor, text: str) -> RmaInfo:
        return selectors.rma_by_number(actor.scope, text)

    def _scan_count(self, actor: Actor, rma: RmaInfo, state: State, scan: Scan) -> tuple[State, str]:
        item, sku = _item(scan, actor, rma)
        known = item in {line.item_id for line in rma.lines} | {kit.item_id for kit in rma.kits}
        said = sku if known else gettext("%s is not on this return: it is counted as extra or wrong") % sku
        return state | {"pieces": [*state["pieces"], {"item": item, "lot": scan.lot_of(catalog.item(actor.scope, item).tracking), "damaged": False}]}, said

    def _button_count(self, state: State, name: str) -> State:
        pieces = list(state["pieces"])
        if name == "undo":
            pieces = pieces[:-1]
        elif name == "damaged" and pieces:
            pieces[-1] = pieces[-1] | {"damaged": True}
        return state | {"pieces": pieces}


@register_flow
class Receive(_Returned):
    """Scan the return (or its tracking number), then each piece; one tap books it."""

    name, title, icon, permission = "returns.receive", _("Receive a return"), "returns", "receive_return"
    text = _("Parcels that customers sent back")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        if context.get("rma"):
            return _count(self._find(actor, context["rma"]), {"pieces": []})
        return Screen(title=_("Receive a return"), instruction=_("Scan the return’s label"), state={"step": "return"})

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] != "count":
            return _count(self._find(actor, scan.text), {"pieces": []})
        rma = selectors.rma(actor.scope, state["rma"])
        state, said = self._scan_count(actor, rma, state, scan)
        return _count(rma, state, said)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        rma = selectors.rma(actor.scope, state["rma"])
        if name != "done":
            return _count(rma, self._button_count(state, name), gettext("Marked") if name == "damaged" else gettext("Taken back"))
        done = services.receive_return(key=key, actor=actor, rma_id=rma.rma_id, received=_pieces(state))
        return Screen(
            title=done.number,
            instruction=_("Scan the next return’s label"),
            big=_("Returns shelf"),
            lines=tuple((KIND_WORDS[r.kind].word, f"{r.quantity} × {r.sku}") for r in done.received),
            tone="done",
            sound="done",
            say=ngettext("%d unit received", "%d units received", done.to_inspect) % done.to_inspect,
            state={"step": "return"},
        )


@register_flow
class Inspect(_Returned):
    """Scan the return, then its pieces (which receives it, where nobody has); tap a grade for each item. Where the goods go follows from the grade, unless it is chosen."""

    name, title, icon, permission = "returns.inspect", _("Inspect a return"), "search", "inspect"
    text = _("Grade what came back, and refund it")

    def start(self, *, actor: Actor, key: UUID, context: Mapping[str, str]) -> Screen:
        if context.get("rma"):
            return self._open(self._find(actor, context["rma"]))
        return Screen(title=_("Inspect a return"), instruction=_("Scan the return’s label"), state={"step": "return"})

    def scan(self, *, actor: Actor, key: UUID, state: State, scan: Scan) -> Screen:
        if state["step"] == "return":
            return self._open(self._find(actor, scan.text))
        rma = selectors.rma(actor.scope, state["rma"])
        if state["step"] == "count":
            state, said = self._scan_count(actor, rma, state, scan)
            if not _all_there(rma, state):
                return _count(rma, state, said)
            return self._grade(services.receive_return(key=key, actor=actor, rma_id=rma.rma_id, received=_pieces(state)), say=said)
        item, sku = _item(scan, actor, rma)
        row = next((r for r in rma.received if r.open and r.item_id == item and (not scan.marks or r.lot in scan.marks)), None)
        if row is None:
            raise NothingLeftToInspect(rma_id=rma.rma_id, sku=sku, left=0, asked=1)
        return self._grade(rma, row, say=sku)

    def button(self, *, actor: Actor, key: UUID, state: State, name: str, fields: Mapping[str, str]) -> Screen:
        rma = selectors.rma(actor.scope, state["rma"])
        if state["step"] == "count":
            if name != "done":
                return _count(rma, self._button_count(state, name), gettext("Marked") if name == "damaged" else gettext("Taken back"))
            return self._grade(services.receive_return(key=key, actor=actor, rma_id=rma.rma_id, received=_pieces(state)))
        if name == "more":
            return _count(rma, {"pieces": []})
        row = next(r for r in rma.received if r.received_id == state["row"])
        quantity = fields.get("quantity", str(row.open))
        if not (quantity.isascii() and quantity.isdigit() and 0 < len(quantity) < 10):
            raise Invalid(field="quantity", reason=gettext("a whole number is needed"))
        judged = Judged(row.received_id, int(quantity), name, fields.get("disposition") or USUALLY[name], fields.get("accepted", "yes") != "no")
        done = services.inspect_return(key=key, actor=actor, rma_id=rma.rma_id, inspections=[judged])
        return self._grade(done, say=f"{quantity} × {row.sku}: {DISPOSITION_WORDS[judged.disposition]}")

    def _open(self, rma: RmaInfo) -> Screen:
        if rma.to_inspect:
            return self._grade(rma)
        if "received" not in RMA[rma.state]:
            raise NothingLeftToInspect(rma_id=rma.rma_id, sku=rma.number, left=0, asked=1)
        return _count(rma, {"pieces": []})

    def _grade(self, rma: RmaInfo, row: ReceivedInfo | None = None, say: str = "") -> Screen:
        row = row or next((r for r in rma.received if r.open), None)
        if row is None:
            return self._finished(rma, say)
        fields = [Field("quantity", _("How many"), "number", str(row.open))] if row.open > 1 else []
        fields.append(Field("disposition", _("Where it goes"), "choice", "", choices=(("", _("as usual for the grade")), *DISPOSITION_WORDS.items())))
        if row.line_id is not None:
            fields.append(Field("accepted", _("Refund the customer"), "choice", "yes", choices=(("yes", _("yes")), ("no", _("no")))))
        reason = next((line.reason for line in rma.lines if line.line_id == row.line_id), "")
        done, of = sum(r.inspected for r in rma.received), sum(r.quantity for r in rma.received if r.kind != "missing")
        return Screen(
            title=rma.number,
            instruction=_("Which grade is it?"),
            big=row.sku,
            lines=((_("Item"), row.name), (_("Came"), KIND_WORDS[row.kind].word), *(((_("Reason"), REASONS.get(reason, reason)),) if reason else ())),
            progress=(done, of),
            fields=tuple(fields),
            buttons=(*(Button(grade, word, "danger" if grade == "D" else "normal") for grade, word in GRADE_WORDS), Button("more", _("Something else in it"))),
            tone="ok" if say else "ask",
            sound="ok" if say else "",
            say=say,
            state={"step": "grade", "rma": rma.rma_id, "row": row.received_id},
        )

    def _finished(self, rma: RmaInfo, say: str) -> Screen:
        restocked = any(i.disposition == "restock" for i in rma.inspections)
        return Screen(
            title=rma.number,
            instruction=_("Scan the next return’s label"),
            big=str(rma.refund) if rma.refund_minor else _("Done"),
            lines=(*(((_("Put away"), _("what is sold again waits on the returns shelf")),) if restocked else ()),),
            tone="done",
            sound="done",
            say=say,
            state={"step": "return"},
        )
