import django.db.models.deletion
from django.db import migrations, models

from packhorse.core.references import at_once_sql, deferred_sql


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_item_of_client"), ("inventory", "0015_relocation_rows")]

    operations = [
        migrations.AlterField(
            "demand",
            "client",
            models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to="catalog.client"),
        ),
        migrations.AlterField(
            "demand",
            "item",
            models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to="catalog.item"),
        ),
        migrations.RunSQL(
            "ALTER TABLE inventory_demand ADD CONSTRAINT demand_item_of_client FOREIGN KEY (item_id, client_id) REFERENCES catalog_item (id, client_id) DEFERRABLE",
            "ALTER TABLE inventory_demand DROP CONSTRAINT demand_item_of_client",
        ),
        migrations.RunSQL(at_once_sql("inventory_demand"), deferred_sql("inventory_demand")),
    ]
