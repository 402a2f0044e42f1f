from django.db import migrations

from packhorse.core.books import touch_sql

WATCHED = (
    ("inventory_move", "INSERT", "item", "item_id"),
    ("inventory_level", "INSERT UPDATE DELETE", "item", "item_id"),
    ("inventory_stock", "INSERT UPDATE DELETE", "item", "item_id"),
    ("inventory_shortfall", "INSERT UPDATE DELETE", "item", "item_id"),
    ("inventory_lot", "UPDATE", "item", "item_id"),
    ("inventory_allocation", "INSERT UPDATE DELETE", "item", "item_id"),
    ("inventory_allocation", "INSERT UPDATE DELETE", "demand", "demand_id"),
    ("inventory_demand", "UPDATE DELETE", "item", "item_id"),
    ("inventory_demand", "UPDATE DELETE", "demand", "id"),
)


class Migration(migrations.Migration):
    """What a statement touches of stock is looked at by the reconciler. A new demand comes with its stock row and its order line, which are watched."""

    dependencies = [("inventory", "0005_balance_rows"), ("core", "0006_touched")]

    operations = [migrations.RunSQL(touch_sql(WATCHED), migrations.RunSQL.noop)]
