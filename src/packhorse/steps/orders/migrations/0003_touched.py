from django.db import migrations

from packhorse.core.books import touch_sql

WATCHED = (
    ("orders_fulfillmentorder", "INSERT UPDATE", "fulfillment_order", "id"),
    ("orders_fulfillmentline", "UPDATE DELETE", "fulfillment_order", "fulfillment_order_id"),
    ("orders_hold", "UPDATE DELETE", "fulfillment_order", "fulfillment_order_id"),
    ("orders_order", "UPDATE", "order", "id"),
    ("orders_paymententry", "INSERT", "order", "order_id"),
)


class Migration(migrations.Migration):
    """What a statement touches of orders is looked at by the reconciler. New lines and holds come with their fulfillment order, which is watched."""

    dependencies = [("orders", "0002_numbers_and_client_rows"), ("core", "0006_touched")]

    operations = [migrations.RunSQL(touch_sql(WATCHED), migrations.RunSQL.noop)]
