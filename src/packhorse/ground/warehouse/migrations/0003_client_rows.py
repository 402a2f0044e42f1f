from django.db import migrations

from packhorse.core.rls import open_sql


class Migration(migrations.Migration):
    """Where a client's goods are is no secret to the client: places name no client."""

    dependencies = [("warehouse", "0002_history"), ("core", "0002_walls")]

    operations = [migrations.RunSQL(open_sql("warehouse_warehouse", "warehouse_location", "warehouse_floor", "warehouse_cutoff"), migrations.RunSQL.noop)]
