from django.db import migrations

from packhorse.core.rls import policy_sql

TABLES = ("shipping_shipment", "shipping_label")


class Migration(migrations.Migration):
    """A client's readers see the client's own shipments and labels; manifests mix clients and stay closed."""

    dependencies = [("shipping", "0001_initial"), ("core", "0002_walls")]

    operations = [migrations.RunSQL(policy_sql(table), migrations.RunSQL.noop) for table in TABLES]
