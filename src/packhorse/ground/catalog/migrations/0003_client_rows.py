from django.db import migrations

from packhorse.core.rls import open_sql, policy_sql


class Migration(migrations.Migration):
    """A client's readers see the client itself, its items and barcodes; boxes are the house's."""

    dependencies = [("catalog", "0002_history"), ("core", "0002_walls")]

    operations = [
        migrations.RunSQL(policy_sql("catalog_client", "id"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("catalog_item") + policy_sql("catalog_barcode"), migrations.RunSQL.noop),
        migrations.RunSQL(open_sql("catalog_box"), migrations.RunSQL.noop),
    ]
