"""Insights count what happened, and every number opens its rows."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from packhorse.core.actors import EVERYTHING, ROLES, Scope
from packhorse.core.lists import ListQuery
from packhorse.ground.people.types import Grant
from packhorse.roof.insights import selectors
from packhorse.roof.insights.types import Shares
from tests.build import make_shop
from tests.build_orders import accepted
from tests.roof.desk.build import lived
from tests.steps.orders.test_doors import browser
from tests.steps.returns.build import ask

pytestmark = pytest.mark.django_db


def test_what_happened_is_counted_and_opens_its_rows() -> None:
    shop, fo, _rma = lived()
    accepted(shop, {"SKU-1": 1})
    start = selectors.since()
    assert selectors.shares(EVERYTHING, start) == Shares(delivered=1, in_full=1, on_time=1, whole=1, quiet=1, perfect=1)
    ask(fo, [1], reason="damaged")
    assert selectors.shares(EVERYTHING, start) == Shares(delivered=1, in_full=1, on_time=1, whole=0, quiet=1, perfect=0)
    assert [j.number for j in selectors.judgements(EVERYTHING, ListQuery(filters={"lacks": ("whole",)})).rows] == [fo.number]
    assert selectors.judgements(EVERYTHING, ListQuery(filters={"perfect": ("yes",)})).rows == ()
    assert sum(selectors.units_by_day(EVERYTHING, start, "UTC").values()) == 3
    assert (selectors.walked(EVERYTHING, start).walks, selectors.filled(EVERYTHING, start).parcels) == (1, 1)
    assert {a.stage: sum(a.ages) for a in selectors.aged(EVERYTHING)}["open"] == 1

    owner = browser(Grant("owner"))
    page = owner.get(reverse("insights:insights")).content.decode()
    links = set(re.findall(r'href="(/(?:insights|orders|picking|packing|delivery)/[^"]*)"', page))
    assert len(links) > 12
    for url in links:
        assert owner.get(url.replace("&amp;", "&")).status_code == 200, url
    assert fo.number in owner.get(reverse("insights:judged") + "?lacks=whole").content.decode()


def test_it_is_the_managers_page_and_within_the_scope() -> None:
    lived()
    for role in ROLES.keys() - {"system"}:
        answer = browser(Grant(role, client_id=make_shop().client_id if role == "client" else None)).get(reverse("insights:insights"))
        assert answer.status_code == (200 if role in ("owner", "manager") else 403), role
    nothing = Scope(warehouse_ids=frozenset({make_shop().warehouse_id}))
    assert selectors.shares(nothing, selectors.since()).delivered == 0
    assert selectors.walked(nothing, selectors.since()).walks == 0
