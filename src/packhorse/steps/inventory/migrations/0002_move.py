"""The moves: partitioned by month, append-only."""

from django.db import migrations

MOVE = """
CREATE SEQUENCE inventory_move_id_seq;
CREATE TABLE inventory_move (
  at timestamptz NOT NULL, id bigint NOT NULL, client_id bigint NOT NULL, item_id bigint NOT NULL, lot_id bigint, quantity bigint NOT NULL CHECK (quantity > 0),
  source_id bigint NOT NULL, source_condition text NOT NULL, target_id bigint NOT NULL, target_condition text NOT NULL,
  cause_kind text NOT NULL, cause_id bigint NOT NULL, demand_id bigint, command_id bigint NOT NULL,
  PRIMARY KEY (at, id),
  CHECK (source_id <> target_id OR source_condition <> target_condition)
) PARTITION BY RANGE (at);
CREATE TABLE inventory_move_default PARTITION OF inventory_move DEFAULT;
CREATE INDEX inventory_move_item ON inventory_move (item_id, at);
CREATE INDEX inventory_move_lot ON inventory_move (lot_id, at) WHERE lot_id IS NOT NULL;
CREATE INDEX inventory_move_cause ON inventory_move (cause_kind, cause_id);
CREATE TRIGGER inventory_move_append_only BEFORE UPDATE OR DELETE ON inventory_move FOR EACH ROW EXECUTE FUNCTION core_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial"), ("core", "0001_initial")]
    operations = [migrations.RunSQL(MOVE, "DROP TABLE inventory_move; DROP SEQUENCE inventory_move_id_seq")]
