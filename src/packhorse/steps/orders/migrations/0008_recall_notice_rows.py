from django.db import migrations

from packhorse.core.rls import policy_through_sql


class Migration(migrations.Migration):
    """A client's readers see who was told of a recall with the client's own orders."""

    dependencies = [("orders", "0007_recall_notices")]
    operations = [migrations.RunSQL(policy_through_sql("orders_recallnotice", "order_id", "orders_order"), migrations.RunSQL.noop)]
