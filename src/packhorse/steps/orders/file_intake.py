"""A file of orders goes through the real intake: parsed, its items made known, its orders accepted in batches, the rest kept for who acts on it.

No use case itself: each batch is one, with a key made of the file's content, so that a run that broke off goes on where it stood and a file read again changes nothing.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID, uuid5

from packhorse.core.actors import EVERYTHING, Actor
from packhorse.ground.catalog import selectors as catalog
from packhorse.ground.catalog.services import upsert_items
from packhorse.ground.catalog.types import NewItem
from packhorse.ground.places.types import AddressData
from packhorse.steps.orders import importing, records, selectors
from packhorse.steps.orders.importing.types import Parsed, ParsedCustomer, ParsedOrder, ShipTo
from packhorse.steps.orders.services.accept_orders import accept_orders
from packhorse.steps.orders.services.import_records import begin_import, end_import, keep_records, quarantine_lines
from packhorse.steps.orders.types import Accepted, FileLine, FileTaken, Gift, ImportedRecord, NewLine, NewOrder, NewPayment, Refused

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""`progress(stage, done, total)`: stages are importing's ("read", "classify"), then "items", "orders", "records"."""

BATCH: Final = 500
#: No batch has more lines than this: the intake's arrays stay small.
BATCH_LINES: Final = 10_000
CHANNEL: Final = "file"
#: An uploaded file is kept for so long after it was read.
KEEP_UPLOADS: Final = dt.timedelta(days=30)
_NAMESPACE: Final = UUID("7a6f4a36-6a53-5a3e-8d5e-1b6f5f0a2b90")


def import_file(
    path: Path,
    *,
    actor: Actor,
    client_id: int,
    warehouse_id: int,
    preset: str | None = None,
    channel: str = CHANNEL,
    payment: NewPayment | None = None,
    ship_to: ShipTo | None = None,
    currency: str | None = None,
    timezone: str | None = None,
    encoding: str | None = None,
    keep_repeats: bool = False,
    dry_run: bool = False,
    file_name: str = "",
    progress: Progress | None = None,
) -> FileTaken:
    """Take in a file of orders for a client at a warehouse. With `dry_run` it is only read and accounted for.

    Raises: FileNotReadable, UnknownFormat, ColumnsMissing, UnknownOption, NotAllowed, NotFound.
    """
    parsed = importing.parse(
        path, preset=preset, progress=progress, ship_to=ship_to, currency=currency, timezone=timezone, encoding=encoding, keep_repeats=keep_repeats
    )
    report = parsed.report.as_dict()
    if dry_run:
        return FileTaken(None, False, report, {"orders": len(parsed.orders), "returns": len(parsed.returns), "items": len(parsed.items)})
    sha = _sha256(path)
    options: dict[str, Any] = {
        "channel": channel,
        "payment": payment.provider if payment else "",
        "currency": currency,
        "timezone": timezone,
        "repeats": keep_repeats,
    }
    told = f"{sha}:{client_id}:{warehouse_id}:{parsed.report.format}:{sorted(options.items())!r}:{actor.principal}"
    begun = begin_import(
        key=uuid5(_NAMESPACE, f"{told}:begin"),
        actor=actor,
        client_id=client_id,
        warehouse_id=warehouse_id,
        file_name=file_name or path.name,
        sha256=sha,
        file_format=str(parsed.report.format),
        options=options,
    )
    earlier = selectors.import_run(EVERYTHING, begun.run_id)
    if earlier.ended_at is not None:
        return FileTaken(begun.run_id, True, earlier.report, earlier.taken)
    tell = progress or (lambda _stage, _done, _total: None)

    def say(stage: str, done: int, total: int) -> None:
        if stage == "orders":
            records.note_progress(begun.run_id, done, total)
        tell(stage, done, total)

    taken = {"items": _make_items(parsed, actor, client_id, told, say)}
    refused = _take_orders(parsed, actor, client_id, warehouse_id, channel, payment, told, say, taken)
    _keep_rest(parsed, actor, begun.run_id, channel, told, say, taken)
    report = _with_refused(report, parsed, refused)
    end_import(key=uuid5(_NAMESPACE, f"{told}:end"), actor=actor, run_id=begun.run_id, report=report, taken=taken)
    return FileTaken(begun.run_id, False, report, taken)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _batches(rows: Sequence[T], most: int) -> Iterator[tuple[int, list[T]]]:
    """(index of the first, so many rows)."""
    for at in range(0, len(rows), most):
        yield at, list(rows[at : at + most])


def _make_items(parsed: Parsed, actor: Actor, client_id: int, told: str, say: Progress) -> int:
    """Items that the client does not have yet; those that it has stay as they are."""
    known = catalog.items_by_sku(EVERYTHING, client_id, parsed.items)
    missing = [item for sku, item in sorted(parsed.items.items()) if sku not in known]
    for at, some in _batches(missing, 1000):
        say("items", at, len(missing))
        skus = hashlib.sha256("\n".join(i.sku for i in some).encode()).hexdigest()
        items = [NewItem(sku=i.sku, name=i.description or i.sku, price=i.unit_price) for i in some]
        upsert_items(key=uuid5(_NAMESPACE, f"{told}:items:{skus}"), actor=actor, client_id=client_id, items=items)
    say("items", len(missing), len(missing))
    return len(missing)


def _take_orders(
    parsed: Parsed, actor: Actor, client_id: int, warehouse_id: int, channel: str, payment: NewPayment | None, told: str, say: Progress, taken: dict[str, int]
) -> list[ParsedOrder]:
    """Counts what the intake answered into `taken`; gives the orders that it refused."""
    taken |= dict.fromkeys(("accepted", "already", "held", "backordered", "quarantined"), 0)
    refused: list[ParsedOrder] = []
    done = 0
    for n, some in enumerate(_order_batches(parsed.orders)):
        answers = accept_orders(
            key=uuid5(_NAMESPACE, f"{told}:orders:{n}"),
            actor=actor,
            client_id=client_id,
            warehouse_id=warehouse_id,
            orders=[new_order(order, channel=channel, payment=payment) for order in some],
        )
        for order, answer in zip(some, answers, strict=True):
            if isinstance(answer, Refused):
                refused.append(order)
            _count(answer, taken)
        done += len(some)
        say("orders", done, len(parsed.orders))
    return refused


def _order_batches(orders: Sequence[ParsedOrder]) -> Iterator[list[ParsedOrder]]:
    batch: list[ParsedOrder] = []
    lines = 0
    for order in orders:
        if batch and (len(batch) >= BATCH or lines + len(order.lines) > BATCH_LINES):
            yield batch
            batch, lines = [], 0
        batch.append(order)
        lines += len(order.lines)
    if batch:
        yield batch


def _count(answer: Accepted | Refused, taken: dict[str, int]) -> None:
    if isinstance(answer, Refused):
        taken["quarantined"] += 1
    elif answer.already:
        taken["already"] += 1
    else:
        taken["accepted"] += 1
        taken["held"] += bool(set(answer.holds) - {"payment"})
        taken["backordered"] += answer.stage == "backordered"


def new_order(order: ParsedOrder, *, channel: str = CHANNEL, payment: NewPayment | None = None) -> NewOrder:
    """A parsed order as the intake takes it: fees are its charges."""
    return NewOrder(
        external_id=order.external_id,
        placed_at=order.placed_at,
        currency=order.currency,
        lines=tuple(NewLine(line.sku, line.quantity, line.unit_price) for line in order.lines),
        channel=channel,
        customer_ref=order.customer.ref,
        ship_to=address_of(order.customer),
        service=order.service or "standard",
        payment=payment,
        charges_minor=order.fees_minor,
        ship_complete=order.ship_complete,
        priority=order.priority,
        gift=Gift(order.gift_note, bool(order.gift_wrap)) if order.gift_note or order.gift_wrap else None,
    )


def address_of(customer: ParsedCustomer) -> AddressData | None:
    """Where a customer's goods go; None where the file does not say."""
    to = customer.address
    if to is None:
        return None
    lines = (*to.lines, "", "", "")
    return AddressData(
        name=customer.name,
        company=to.company,
        line1=lines[0],
        line2=lines[1],
        line3=", ".join(line for line in to.lines[2:] if line),
        city=to.city,
        region=to.region,
        postal_code=to.postal_code,
        country=to.country,
        phone=customer.phone,
        email=customer.email,
    )


def _records(parsed: Parsed) -> list[ImportedRecord]:
    """Returns, adjustments and charges, as they are kept. Details name no person."""
    found = [
        ImportedRecord(
            "return",
            r.reference,
            r.original or "",
            r.returned_at,
            r.currency,
            sum(line.amount_minor for line in r.lines) + sum(f.amount_minor for f in r.fees),
            r.customer.ref,
            {
                "reason": r.reason,
                "fees_minor": sum(f.amount_minor for f in r.fees),
                "lines": [[line.sku, line.description, line.quantity, str(line.unit_price), line.amount_minor] for line in r.lines],
            },
        )
        for r in parsed.returns
    ]
    found += [
        ImportedRecord(
            "adjustment", f"{a.external_id}:{a.line_no}", "", a.at, "", 0, "", {"sku": a.sku, "quantity": a.quantity, "reason": a.reason, "note": a.note}
        )
        for a in parsed.adjustments
    ]
    found += [
        ImportedRecord(
            "charge",
            c.external_id,
            "",
            c.at,
            c.currency,
            sum(f.amount_minor for f in c.fees),
            c.customer.ref,
            {"fees": [[f.kind, f.amount_minor] for f in c.fees]},
        )
        for c in parsed.charges
    ]
    return found


def _file_lines(parsed: Parsed) -> list[FileLine]:
    """Lines that could not be read. The same text in another file is the same line; the second of two in one file is another."""
    seen: Counter[str] = Counter()
    found = []
    for q in parsed.quarantined:
        text = f"{q.external_id}\n{q.raw}"
        seen[text] += 1
        found.append(FileLine(q.line_no, q.raw, q.external_id, q.code, q.reason, hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()))
    return found


def _keep_rest(parsed: Parsed, actor: Actor, run_id: int, channel: str, told: str, say: Progress, taken: dict[str, int]) -> None:
    lines = _file_lines(parsed)
    for at, some in _batches(lines, 1000):
        quarantine_lines(key=uuid5(_NAMESPACE, f"{told}:lines:{at}"), actor=actor, run_id=run_id, channel=channel, lines=some)
    taken["quarantined_lines"] = len(lines)
    rest = _records(parsed)
    for kind in ("return", "adjustment", "charge"):
        taken[f"{kind}s"] = sum(r.kind == kind for r in rest)
    for at, kept in _batches(rest, 1000):
        say("records", at, len(rest))
        keep_records(key=uuid5(_NAMESPACE, f"{told}:records:{at}"), actor=actor, run_id=run_id, channel=channel, records=kept)
    say("records", len(rest), len(rest))


def _with_refused(report: dict[str, Any], parsed: Parsed, refused: Sequence[ParsedOrder]) -> dict[str, Any]:
    """The report, with the lines of orders that the intake refused counted as quarantined: the sums stay what was read."""
    changed = copy.deepcopy(report)
    for order in refused:
        lines, money = changed["lines"], changed["currencies"][order.currency]["value_minor"]
        for kind, n, value in (("sale", len(order.lines), order.goods_minor), ("fee", len(order.fees), order.fees_minor)):
            lines[kind] -= n
            lines["quarantined"] += n
            money[kind] -= value
            money["quarantined"] += value
    if parsed.report.currency in changed["currencies"]:
        changed["value_minor"] = dict(changed["currencies"][parsed.report.currency]["value_minor"])
    return changed
