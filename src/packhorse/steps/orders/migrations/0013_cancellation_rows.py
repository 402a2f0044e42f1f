from django.db import migrations

from packhorse.core.rls import policy_through_sql


class Migration(migrations.Migration):
    """A client's readers see what was asked to be cancelled of the client's own orders."""

    dependencies = [("orders", "0012_cancellations")]
    operations = [migrations.RunSQL(policy_through_sql("orders_cancellation", "order_id", "orders_order"), migrations.RunSQL.noop)]
