"""The second wall stands: what a client's readers can reach as `packhorse_client` is the client's, whatever a view asks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.apps import apps
from django.db import ProgrammingError, models, transaction

from packhorse.core import sql
from packhorse.core.actors import Scope
from packhorse.core.rls import ROLE, acting_for
from packhorse.ground.catalog.models import Client

#: Tables that name a client and are closed to clients altogether, and why.
CLOSED = {
    "people_membership": "who may see what is the house's business",
    "people_membershipevent": "history is the house's",
    "catalog_itemevent": "history is the house's",
    "catalog_barcodeevent": "history is the house's",
    "catalog_componentevent": "history is the house's",
}
#: Open without a policy though they name a client.
OPEN = {"core_setting": "settings are no secret to those they are set for, and lists ask for one client's"}

_TABLES = """
SELECT c.relname, has_table_privilege(%s, c.oid, 'SELECT'), c.relrowsecurity, EXISTS (SELECT FROM pg_policy p JOIN pg_roles r ON r.oid = ANY (p.polroles) WHERE p.polrelid = c.oid AND r.rolname = %s)
FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
"""


@dataclass(frozen=True)
class Table:
    granted: bool
    secured: bool
    policy: bool

    @property
    def walled(self) -> bool:
        return self.secured and self.policy


@pytest.fixture
def tables(db: None) -> dict[str, Table]:
    return {name: Table(granted, secured, policy) for name, granted, secured, policy in sql.rows(_TABLES, [ROLE, ROLE])}


def _ours() -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("packhorse.")]


def _columns(model: type[models.Model]) -> set[str]:
    return {f.column for f in model._meta.concrete_fields if f.column}


def _owned(model: type[models.Model], seen: frozenset[type[models.Model]] = frozenset()) -> bool:
    """Whether a row belongs to a client: it names one, or something that does."""
    if "client_id" in _columns(model) or model._meta.db_table == "catalog_client":
        return True
    targets = {f.related_model for f in model._meta.concrete_fields if f.is_relation and isinstance(f.related_model, type)}
    return any(_owned(t, seen | {model}) for t in targets if t not in seen and t is not model)


def test_every_table_that_names_a_client_has_a_policy(tables: dict[str, Table]) -> None:
    named = {m._meta.db_table for m in _ours() if "client_id" in _columns(m)}
    assert sorted(t for t in named - CLOSED.keys() - OPEN.keys() if not tables[t].walled) == []


def test_what_is_closed_is_closed(tables: dict[str, Table]) -> None:
    assert sorted(t for t in CLOSED if tables[t].granted) == []


def test_nothing_that_belongs_to_a_client_is_open_without_a_policy(tables: dict[str, Table]) -> None:
    owned = {m._meta.db_table for m in _ours() if _owned(m)}
    assert sorted(t for t in owned - OPEN.keys() if tables[t].granted and not tables[t].walled) == []


def test_accounts_and_secrets_are_closed(tables: dict[str, Table]) -> None:
    wanted = {"people_user", "people_apikey", "people_badge", "people_device", "core_command", "django_session", "people_secondfactor", "axes_accesslog"}
    assert sorted(t for t in wanted if tables[t].granted) == []


def test_the_role_may_change_nothing(db: None) -> None:
    may = sql.rows(
        """SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
           AND has_table_privilege(%s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')""",
        [ROLE],
    )
    assert may == []


def test_acting_for_a_client_shows_its_rows_whatever_is_asked(db: None) -> None:
    one, two = (Client.objects.create(code=code, name=code, currency="CAD").pk for code in ("W1", "W2"))
    with acting_for(Scope(client_ids=frozenset({one}))):
        assert sql.rows("SELECT id FROM catalog_client") == [(one,)]
        with pytest.raises(ProgrammingError), transaction.atomic():
            sql.rows("SELECT id FROM people_user")
    with acting_for(Scope(client_ids=frozenset())):
        assert sql.rows("SELECT id FROM catalog_client") == []
    assert {row[0] for row in sql.rows("SELECT id FROM catalog_client")} >= {one, two}
