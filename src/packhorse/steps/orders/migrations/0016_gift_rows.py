from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see the gifts among the client's own orders."""

    dependencies = [("orders", "0015_gifts")]
    operations = [migrations.RunSQL(policy_sql("orders_gift"), migrations.RunSQL.noop)]
