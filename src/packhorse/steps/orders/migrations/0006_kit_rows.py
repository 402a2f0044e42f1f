from django.db import migrations

from packhorse.core.rls import policy_through_sql


class Migration(migrations.Migration):
    """A client's readers see the kits of the client's own orders."""

    dependencies = [("orders", "0005_kits"), ("core", "0002_walls")]
    operations = [
        migrations.RunSQL(policy_through_sql("orders_kit", "order_id", "orders_order"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("orders_kitline", "kit_id", "orders_kit"), migrations.RunSQL.noop),
    ]
