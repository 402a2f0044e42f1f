"""The second wall: readers who act for a client read as role `packhorse_client`, to whom row-level security shows that client's rows only.

The first wall is the scope that every selector takes. Tables open themselves to the role in their room's migration with the SQL made here; a table that says nothing is closed to it.
Policies bind only this role: the owner of the tables (everything else the house does) is not slowed down by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

from packhorse.core.actors import Scope

ROLE: Final = "packhorse_client"
SETTING: Final = "packhorse.client_ids"

_IDENTIFIER = re.compile(r"^[a-z_][a-z0-9_]*$")

#: Makes the role where the cluster has none yet (roles belong to the cluster: several databases share it) and lets the connecting user become it.
#: Needs CREATEROLE; a database whose administrator made the role beforehand needs nothing.
ROLE_SQL: Final = f"""
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
    CREATE ROLE {ROLE} NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'The database user % may not create the role {ROLE}.', current_user
      USING HINT = format('Let an administrator run once: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO %I; then migrate again.', current_user);
END $$;
DO $$
BEGIN
  IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN
    BEGIN
      EXECUTE format('GRANT {ROLE} TO %I', current_user);
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE EXCEPTION 'The database user % is not a member of the role {ROLE}.', current_user
        USING HINT = format('Let an administrator run once: GRANT {ROLE} TO %I; then migrate again.', current_user);
    END;
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO {ROLE}', current_schema());
END $$;
"""


def _plain(*names: str) -> None:
    for name in names:
        assert _IDENTIFIER.match(name), name


def _guarded(table: str, condition: str) -> str:
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
        f"DROP POLICY IF EXISTS {ROLE} ON {table}; "
        f"CREATE POLICY {ROLE} ON {table} FOR SELECT TO {ROLE} USING ({condition}); "
        f"GRANT SELECT ON {table} TO {ROLE};"
    )


def policy_sql(table: str, column: str = "client_id", *, shared: bool = False) -> str:
    """SQL that shows a client-owned table's rows to their client. `shared`: rows without a client are everybody's (house-wide boxes, say). Harmless to run again."""
    _plain(table, column)
    own = f"{column} = ANY ((SELECT string_to_array(current_setting('{SETTING}', true), ',')::bigint[])::bigint[])"
    return _guarded(table, f"{own} OR {column} IS NULL" if shared else own)


def policy_through_sql(table: str, column: str, parent: str) -> str:
    """SQL for a table that has no client of its own: a row shows where its parent (which has a policy) does."""
    _plain(table, column, parent)
    return _guarded(table, f"EXISTS (SELECT FROM {parent} AS parent WHERE parent.id = {table}.{column})")


def open_sql(*tables: str) -> str:
    """SQL that opens tables with nothing of any client in them (warehouses, carriers, states) to the role."""
    _plain(*tables)
    return " ".join(f"GRANT SELECT ON {table} TO {ROLE};" for table in tables)


@contextmanager
def acting_for(scope: Scope) -> Iterator[None]:
    """Read as the scope's clients; does nothing for a scope without clients.

    Inside is one read-only view of the database's rows in one transaction; at its end the connection is as it was, whatever happened in between.
    """
    if scope.client_ids is None:
        yield
        return
    outer = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, ",".join(str(i) for i in sorted(scope.client_ids))])
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        if outer:  # inside a longer transaction SET LOCAL would outlive the block; an error's rollback to the savepoint undoes it by itself
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
                cursor.execute("SELECT set_config(%s, '', true)", [SETTING])


@contextmanager
def as_the_house() -> Iterator[None]:
    """Read as the house again within `acting_for`: for pages about the reader's own account, whose tables are closed to clients. Elsewhere it does nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [ROLE])
        walled = cursor.fetchone()[0]
    if not walled:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        yield
        with connection.cursor() as cursor:  # an error's rollback to the savepoint puts the role back by itself
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
