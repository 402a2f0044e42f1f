"""Foreign keys of tables that grow with every order: looked at when a row is written, not all when the transaction ends, so that the database does it while the next rows are made."""

from __future__ import annotations


def _altered(table: str, when: str) -> str:
    return f"""
DO $do$ DECLARE name text; BEGIN
  FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'f' LOOP
    EXECUTE format('ALTER TABLE {table} ALTER CONSTRAINT %I DEFERRABLE INITIALLY {when}', name);
  END LOOP;
END $do$;
"""


def at_once_sql(table: str) -> str:
    """The foreign keys that the table has now are looked at as each statement ends. What they name is written first."""
    return _altered(table, "IMMEDIATE")


def deferred_sql(table: str) -> str:
    """The reverse: as Django makes them."""
    return _altered(table, "DEFERRED")
