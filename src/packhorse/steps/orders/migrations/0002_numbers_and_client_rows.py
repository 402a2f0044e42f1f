from django.db import migrations

from packhorse.core.rls import policy_sql, policy_through_sql


class Migration(migrations.Migration):
    """Order numbers come from a sequence; a client's readers see the client's own orders."""

    dependencies = [("orders", "0001_initial"), ("core", "0002_walls")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE orders_number START 100001", "DROP SEQUENCE orders_number"),
        migrations.RunSQL(policy_sql("orders_order"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("orders_orderline", "order_id", "orders_order"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("orders_fulfillmentorder"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("orders_fulfillmentline", "fulfillment_order_id", "orders_fulfillmentorder"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("orders_hold", "fulfillment_order_id", "orders_fulfillmentorder"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("orders_paymententry", "order_id", "orders_order"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("orders_paymentrequest", "order_id", "orders_order"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("orders_change", "order_id", "orders_order"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("orders_quarantined"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("orders_importrun"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("orders_imported"), migrations.RunSQL.noop),
    ]
