from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see the client's own reservations."""

    dependencies = [("inventory", "0007_reservation")]
    operations = [migrations.RunSQL(policy_sql("inventory_reservation"), migrations.RunSQL.noop)]
