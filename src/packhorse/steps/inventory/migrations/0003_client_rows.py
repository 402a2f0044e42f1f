from django.db import migrations

from packhorse.core.rls import policy_sql

TABLES = (
    "inventory_lot", "inventory_stock", "inventory_level", "inventory_move", "inventory_demand", "inventory_allocation", "inventory_shortfall",
    "inventory_supplier", "inventory_purchaseorder", "inventory_purchaseorderline", "inventory_expectedunit", "inventory_receipt", "inventory_discrepancy",
    "inventory_fixedbin", "inventory_putawaytask", "inventory_counttask", "inventory_countline",
)


class Migration(migrations.Migration):
    """A client's readers see the client's own stock and all that concerns it; adjustments (which may touch several clients) stay closed."""

    dependencies = [("inventory", "0002_move"), ("core", "0002_walls")]

    operations = [migrations.RunSQL([policy_sql(t) for t in TABLES], migrations.RunSQL.noop)]
