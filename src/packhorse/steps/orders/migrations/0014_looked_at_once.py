from django.db import migrations

from packhorse.core.references import at_once_sql, deferred_sql

#: Not orders_order: its address is written after it.
TABLES = ("orders_orderline", "orders_fulfillmentorder", "orders_fulfillmentline", "orders_hold", "orders_paymentrequest")


class Migration(migrations.Migration):
    dependencies = [("inventory", "0016_demand_of_client"), ("orders", "0013_cancellation_rows")]

    operations = [migrations.RunSQL(at_once_sql(table), deferred_sql(table)) for table in TABLES]
