"""Returns and tickets by hand, on the scanner and over the API: pages answer, actions do one thing, refusals say why."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from packhorse.core.actors import EVERYTHING, Scope
from packhorse.core.models import ScannerRun
from packhorse.ground.people import services as people
from packhorse.ground.people.models import User
from packhorse.ground.people.secrets import Secret
from packhorse.ground.people.types import Grant
from packhorse.steps.orders.models import Order
from packhorse.steps.returns import panel, selectors
from packhorse.steps.returns.models import Rma, Ticket
from packhorse.steps.returns.types import PolicyTerms
from tests.build import HOUSE
from tests.build_orders import settle
from tests.steps.returns.build import ask, buy_label, delivered, inspect, receive, shipped, shop_with_stock, terms

pytestmark = pytest.mark.django_db


def browser(*grants: Grant) -> Client:
    name = f"u{uuid4().hex[:8]}"
    made = people.create_user(
        key=uuid4(), actor=HOUSE, username=name, email=f"{name}@example.org", name="Somebody", password=Secret("gentle-horse-47"), roles=grants
    )
    client = Client()
    client.force_login(User.objects.get(pk=made.id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def owner() -> Client:
    return browser(Grant("owner"))


def post(browser_: Client, name: str, /, *args: Any, **data: Any) -> Any:
    return browser_.post(reverse(f"returns:{name}", args=args), {"key": str(uuid4()), **data})


def api(client: Client, method: str, path: str, body: Any = None) -> Any:
    extra = {"HTTP_IDEMPOTENCY_KEY": str(uuid4())} if method == "post" else {}
    given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return getattr(client, method)(f"/api/v1/returns{path}", **given, **extra)


def test_a_return_is_asked_for_received_inspected_and_shown_by_hand(owner: Client) -> None:
    shop = shop_with_stock()
    fo = delivered(shop, {"SKU-1": 2})
    line = fo.lines[0].demand_id

    assert post(owner, "new", order="nothing").status_code == 422
    found = post(owner, "new", order=fo.order_number.lower())
    assert found["Location"] == reverse("returns:ask", args=[fo.order_id])
    assert post(owner, "ask", fo.order_id, wants="refund").status_code == 422
    made = post(owner, "ask", fo.order_id, **{"wants": "refund", f"quantity_{line}": "2", f"reason_{line}": "does_not_fit"})
    rma = Rma.objects.get(order_id=fo.order_id)
    assert made["Location"] == reverse("returns:return", args=[rma.pk])
    number = buy_label(selectors.rma(EVERYTHING, rma.pk))

    row = rma.lines.get()
    assert post(owner, "receive", rma.pk, **{f"good_{row.pk}": "1", f"damaged_{row.pk}": "1", "others": "SKU-3 1\nNOPE"}).status_code == 422
    assert post(owner, "receive", rma.pk, **{f"good_{row.pk}": "1", f"damaged_{row.pk}": "1", "others": "SKU-3 1"}).status_code == 303
    judged: dict[str, object] = {}
    for r in selectors.rma(EVERYTHING, rma.pk).received:
        judged |= {f"quantity_{r.received_id}": r.open, f"grade_{r.received_id}": "A", f"disposition_{r.received_id}": "restock"}
        judged |= {f"accepted_{r.received_id}": "on"} if r.line_id else {}
    assert post(owner, "inspect", rma.pk, **judged).status_code == 303
    settle()

    page = owner.get(reverse("returns:return", args=[rma.pk])).content.decode()
    assert "Settled" in page
    assert "Approved: asked on day 0 of the 30 days" in page
    assert number in page
    assert Order.objects.get(pk=fo.order_id).refunded_minor == 2000
    sections = panel.order_sections(EVERYTHING, order_id=fo.order_id, demand_ids=[line])
    assert [str(s.title) for s in sections] == ["Returns"]
    assert [h.url for h in panel.search(EVERYTHING, number)] == [h.url for h in panel.search(EVERYTHING, rma.number.lower())]


def test_every_page_answers_and_counts_what_waits(owner: Client) -> None:
    shop = shop_with_stock()
    terms(shop, review_above_minor=0, fee_minor=200, final_sale=("SKU-3",))
    fo = shipped(shop, {"SKU-1": 2})
    waiting = ask(fo, [1])
    before = panel.count(EVERYTHING)
    assert post(owner, "approve", waiting.rma_id, note="").status_code == 303
    receive(waiting)
    assert panel.count(EVERYTHING) == before
    opened = post(owner, "new-ticket", client=shop.client_id, order=fo.order_number, kind="lost", priority="urgent", subject="Lost?", body="Gone.")
    ticket = Ticket.objects.get(order_id=fo.order_id)
    assert opened["Location"] == reverse("returns:ticket", args=[ticket.pk])
    assert panel.count(EVERYTHING) == before + 1
    blind = post(owner, "blind", client=shop.client_id, warehouse=shop.warehouse_id, lines="SKU-2 3", external_id="C1", note="")
    assert blind.status_code == 303
    for url in (
        reverse("returns:list"),
        reverse("returns:list") + f"?q={waiting.number}&state=received&waiting=inspect&client={shop.client_id}&sort=-requested_at",
        reverse("returns:list") + "?blind=1&format=csv",
        reverse("returns:new"),
        reverse("returns:ask", args=[fo.order_id]),
        reverse("returns:blind"),
        blind["Location"],
        reverse("returns:return", args=[waiting.rma_id]),
        reverse("returns:receive", args=[waiting.rma_id]),
        reverse("returns:inspect", args=[waiting.rma_id]),
        reverse("returns:policies"),
        reverse("returns:set-policy"),
        reverse("returns:tickets") + f"?state=open&kind=lost&late=0&q={ticket.number}",
        reverse("returns:new-ticket"),
        reverse("returns:ticket", args=[ticket.pk]),
    ):
        assert owner.get(url).status_code == 200, url
    assert [t.value > 0 for t in panel.tiles(EVERYTHING) if "inspect" in t.url] == [True]
    page = owner.get(reverse("returns:policies")).content.decode()
    assert "We keep 2.00 CAD of each refund" in page
    assert "Final sale, which cannot be returned unless it is our fault: SKU-3." in page
    done = post(owner, "set-policy", client=shop.client_id, window_days=7, send_within_days=9, label_paid_by="customer", fee_minor=0, refund_charges="never")
    assert done.status_code == 303
    assert selectors.policy(EVERYTHING, shop.client_id).terms == PolicyTerms(7, "customer", 0, "never", None, 9, ())


def test_a_return_is_decided_matched_and_settled_by_hand(owner: Client) -> None:
    shop = shop_with_stock()
    terms(shop, review_above_minor=0)
    fo = shipped(shop, {"SKU-1": 3})
    refused, swapped = ask(fo, [1]), ask(fo, [1], wants="exchange")

    assert post(owner, "refuse", refused.rma_id, note="").status_code == 422
    assert post(owner, "refuse", refused.rma_id, note="Too old.").status_code == 303
    assert selectors.rma(EVERYTHING, refused.rma_id).decision == "Refused by our service: Too old."
    post(owner, "approve", swapped.rma_id, note="")
    inspect(receive(swapped))
    assert "make the new order by hand" in owner.get(reverse("returns:return", args=[swapped.rma_id])).content.decode()
    assert post(owner, "settle", swapped.rma_id, outcome="exchange", note="PH-7").status_code == 303
    assert selectors.rma(EVERYTHING, swapped.rma_id).state == "settled"
    post(owner, "blind", client=shop.client_id, warehouse=shop.warehouse_id, lines="SKU-1", external_id="", note="")
    blind = Rma.objects.get(client_id=shop.client_id, order=None)
    assert post(owner, "match", blind.pk, order=fo.order_number).status_code == 303
    assert selectors.rma(EVERYTHING, blind.pk).order_id == fo.order_id


def test_a_ticket_is_answered_and_refunded_by_hand(owner: Client) -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 2})
    post(owner, "new-ticket", client=shop.client_id, order=fo.order_number, kind="lost", priority="high", subject="Lost?", body="Gone.")
    ticket = Ticket.objects.get(order_id=fo.order_id)

    assert post(owner, "take-ticket", ticket.pk).status_code == 303
    assert post(owner, "reply-ticket", ticket.pk, body="We look.").status_code == 303
    assert post(owner, "ticket-message", ticket.pk, body="Thank you.").status_code == 303
    assert post(owner, "refund-ticket", ticket.pk, reason="").status_code == 422
    assert post(owner, "refund-ticket", ticket.pk, demand_id=fo.lines[0].demand_id, quantity=1, reason="lost").status_code == 303
    assert post(owner, "refund-ticket", ticket.pk, amount_minor=99999, reason="lost").status_code == 409
    assert post(owner, "solve-ticket", ticket.pk).status_code == 303
    assert post(owner, "reopen-ticket", ticket.pk).status_code == 303
    page = owner.get(reverse("returns:ticket", args=[ticket.pk])).content.decode()
    assert "We look." in page
    assert "Thank you." in page
    assert [f.due_minor for f in selectors.refunds_of_order(EVERYTHING, fo.order_id)] == [1000]
    assert post(owner, "to-ask", fo.order_id)["Location"] == reverse("returns:ask", args=[fo.order_id])


def test_a_client_sees_and_does_nothing_of_another(owner: Client) -> None:
    shop, other = shop_with_stock(), shop_with_stock()
    rma = receive(ask(shipped(shop, {"SKU-1": 1}), [1]))
    ticket = api(owner, "post", "/tickets/", {"client_id": shop.client_id, "subject": "?", "body": "?"}).json()["ticket_id"]
    stranger, own = browser(Grant("client", client_id=other.client_id)), browser(Grant("client", client_id=shop.client_id))

    for name, pk in (("return", rma.rma_id), ("ticket", ticket)):
        url = reverse(f"returns:{name}", args=[pk])
        assert (stranger.get(url).status_code, own.get(url).status_code) == (404, 200)
    assert rma.number not in stranger.get(reverse("returns:list")).content.decode()
    assert rma.number in own.get(reverse("returns:list")).content.decode()
    assert own.get(reverse("returns:policies")).status_code == 200
    assert api(stranger, "get", f"/{rma.rma_id}").status_code == 404
    assert api(own, "get", f"/{rma.rma_id}").status_code == 200
    assert post(stranger, "reply-ticket", ticket, body="Hello").status_code == 403
    assert api(stranger, "post", f"/tickets/{ticket}/solve").status_code == 403
    assert api(own, "post", f"/{rma.rma_id}/receipts", {"received": []}).status_code == 403
    assert api(stranger, "get", f"/policies/{shop.client_id}").status_code == 404
    assert panel.search(Scope(frozenset({other.client_id})), rma.number) == []


def test_the_api_walks_a_return(owner: Client) -> None:
    shop = shop_with_stock()
    fo = shipped(shop, {"SKU-1": 2})
    line = api(owner, "get", f"/orders/{fo.order_id}/returnable").json()[0]
    assert (line["sku"], line["returnable"]) == ("SKU-1", 2)

    asked = api(
        owner,
        "post",
        "/",
        {
            "returns": [
                {"order_id": fo.order_id, "lines": [{"demand_id": line["demand_id"], "quantity": 2, "reason": "late"}], "external_id": "X-1"},
                {"order_id": fo.order_id, "lines": [{"demand_id": line["demand_id"], "quantity": 2, "reason": "late"}]},
            ]
        },
    ).json()
    rma = asked[0]["rma_id"]
    assert (asked[0]["state"], asked[1]["code"]) == ("approved", "too_many_to_return")
    got = api(owner, "post", f"/{rma}/receipts", {"received": [{"item_id": line["item_id"], "quantity": 2}]}).json()
    judged = [{"received_id": got["received"][0]["received_id"], "quantity": 2, "grade": "A", "disposition": "restock"}]
    assert api(owner, "post", f"/{rma}/inspections", {"inspections": judged}).json()["refund_minor"] == 2000
    assert api(owner, "post", f"/{rma}/inspections", {"inspections": judged}).status_code == 409
    assert api(owner, "post", f"/{rma}/settle", {"outcome": "nothing", "note": "x"}).json()["code"] == "not_yet_due"
    assert [r["id"] for r in api(owner, "get", f"/?order={fo.order_id}&q=X-1").json()["rows"]] == [rma]
    assert "30 days" in api(owner, "get", f"/policies/{shop.client_id}/words").json()[0]
    changed = api(owner, "post", f"/policies/{shop.client_id}", {"window_days": 10, "final_sale": ["SKU-2"]}).json()
    assert (changed["terms"]["window_days"], changed["terms"]["final_sale"]) == (10, ["SKU-2"])


class Scanner:
    """A scanner at a flow; what the worker does is counted."""

    def __init__(self, client: Client, flow: str, query: str = "") -> None:
        self.client, self.scans, self.taps = client, 0, 0
        self.run = client.post(reverse("scan-start", args=[flow]) + query, {"key": str(uuid4())})["Location"].rstrip("/").rsplit("/", 1)[-1]

    @property
    def screen(self) -> dict[str, Any]:
        return dict(ScannerRun.objects.get(pk=self.run).screen)

    def _post(self, **data: str) -> int:
        seq = ScannerRun.objects.get(pk=self.run).seq
        return int(self.client.post(reverse("scan-post", args=[self.run]), {"key": str(uuid4()), "seq": str(seq), **data}).status_code)

    def scan(self, text: str) -> int:
        self.scans += 1
        return self._post(scan=text)

    def tap(self, name: str, **fields: str) -> int:
        self.taps += 1
        fields = {f["name"]: f["value"] for f in self.screen["fields"]} | fields
        return self._post(button=name, **{f"field-{k}": v for k, v in fields.items()})


def test_a_return_of_one_line_takes_at_most_three_scans_and_a_tap() -> None:
    shop = shop_with_stock()
    rma = ask(delivered(shop, {"SKU-1": 1}), [1])
    number = buy_label(rma)
    bench = Scanner(browser(Grant("receiver", warehouse_id=shop.warehouse_id)), "returns.inspect")

    assert [bench.scan(number), bench.scan("SKU-1"), bench.tap("A")] == [200, 200, 200]

    assert (bench.scans, bench.taps) == (2, 1)
    assert (bench.screen["tone"], bench.screen["big"]) == ("done", "10.00 CAD")
    settle()
    assert selectors.rma(EVERYTHING, rma.rma_id).state == "settled"


def test_the_scanner_counts_marks_and_grades_piece_by_piece() -> None:
    shop = shop_with_stock()
    rma = ask(shipped(shop, {"SKU-1": 2, "SKU-2": 1}), [2, 1])
    worker = browser(Grant("receiver", warehouse_id=shop.warehouse_id))
    door = Scanner(worker, "returns.receive")

    assert door.scan("R99999999") == 404
    assert [door.scan(rma.number), door.scan("SKU-1"), door.tap("damaged"), door.scan("SKU-3"), door.scan("SKU-3"), door.tap("undo"), door.scan("NOPE")] == [
        200
    ] * 6 + [404]
    assert door.screen["big"] == "2 / 3"
    assert door.tap("done") == 200
    assert [(r.sku, r.quantity, r.kind) for r in selectors.rma(EVERYTHING, rma.rma_id).received] == [
        ("SKU-1", 1, "damaged"),
        ("SKU-3", 1, "wrong"),
        ("SKU-1", 1, "missing"),
        ("SKU-2", 1, "missing"),
    ]
    bench = Scanner(worker, "returns.inspect", f"?rma={rma.number}")
    assert bench.tap("C", disposition="restock") == 422
    assert bench.tap("D", quantity="x") == 422
    assert bench.tap("D", accepted="no") == 200
    assert bench.scan("SKU-2") == 409
    assert bench.tap("B", disposition="vendor") == 200
    done = selectors.rma(EVERYTHING, rma.rma_id)
    assert (done.state, done.settlement, [(i.grade, i.disposition, i.accepted) for i in done.inspections]) == (
        "settled",
        "nothing",
        [("D", "scrap", False), ("B", "vendor", False)],
    )
    again = Scanner(worker, "returns.inspect")
    assert [again.scan(rma.number), again.scan("SKU-1"), again.tap("done")] == [200, 200, 200]
    assert again.screen["big"] == "SKU-1"
