"""Searching items reads an index, however many there are, and finds what reading them all would."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from packhorse.core import sql
from packhorse.core.actors import EVERYTHING
from packhorse.core.lists import ListQuery
from packhorse.ground.catalog import selectors
from packhorse.ground.people import selectors as people
from packhorse.steps.inventory import selectors as inventory
from tests.build import make_shop

pytestmark = pytest.mark.django_db
ITEMS = 100_000


@pytest.fixture
def many() -> None:
    shop = make_shop()
    sql.run("SET LOCAL session_replication_role = replica")  # history and references are not what is measured
    sql.run(
        """INSERT INTO catalog_item (client_id, sku, name, tracking, length_mm, width_mm, height_mm, weight_g, size_source, fragile, upright, price, cost, hs_code, origin_country, abc)
           SELECT %s, 'GEN-' || n, 'Thing ' || md5(n::text), 'none', 0, 0, 0, 0, 'none', false, false, 0, 0, '', '', 'C' FROM generate_series(1, %s) n""",
        [shop.client_id, ITEMS],
    )
    sql.run("ANALYZE catalog_item")


def _plan(queries: CaptureQueriesContext) -> str:
    asked = [q["sql"] for q in queries.captured_queries if "UPPER" in q["sql"] and q["sql"].startswith("SELECT")]
    assert asked
    return "\n".join(str(r[0]) for q in asked for r in sql.rows("EXPLAIN " + q.replace("%", "%%"), []))


@pytest.mark.usefixtures("many")
def test_catalog_and_stock_find_a_name_among_a_hundred_thousand_by_index() -> None:
    part = str(sql.rows("SELECT substr(md5('4711'), 3, 9)")[0][0])
    for ask in (selectors.items, inventory.items):
        with CaptureQueriesContext(connection) as queries:
            found = ask(EVERYTHING, ListQuery(search=part.upper(), count=False))
        assert [i.sku for i in found.rows] == ["GEN-4711"]
        plan = _plan(queries)
        assert "item_name_search" in plan, plan
        assert "item_sku_search" in plan, plan
        assert "Seq Scan on catalog_item" not in plan, plan


def test_what_a_person_did_is_read_by_index() -> None:
    sql.run(
        """INSERT INTO core_command (principal, key, use_case, arguments_sha256, actor, at)
           SELECT 'user:' || n % 500, gen_random_uuid(), 'x.y', '', '{}', now() - n * interval '1 second' FROM generate_series(1, 50000) n"""
    )
    sql.run("ANALYZE core_command")
    with CaptureQueriesContext(connection) as queries:
        found = people.audit(EVERYTHING, ListQuery(filters={"who": ("user:7",)}, limit=50, count=False))
    assert len(found.rows) == 50
    [asked] = [q["sql"] for q in queries.captured_queries if 'FROM "core_command"' in q["sql"]]
    assert "command_of_principal" in "\n".join(str(r[0]) for r in sql.rows("EXPLAIN " + asked.replace("%", "%%"), []))
