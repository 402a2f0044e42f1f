from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see the client's own transfers."""

    dependencies = [("inventory", "0009_transfers")]
    operations = [migrations.RunSQL([policy_sql("inventory_transferorder"), policy_sql("inventory_transferline")], migrations.RunSQL.noop)]
