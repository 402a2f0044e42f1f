from django.db import migrations

from packhorse.core.rls import open_sql, policy_sql


class Migration(migrations.Migration):
    """A client's readers see the client's own balances; which months are closed is no secret."""

    dependencies = [("inventory", "0004_closed_months")]
    operations = [migrations.RunSQL([policy_sql("inventory_balance"), open_sql("inventory_closedmonth")], migrations.RunSQL.noop)]
