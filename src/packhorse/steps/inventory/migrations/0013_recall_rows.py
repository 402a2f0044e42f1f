from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see the recalls of the client's own lots."""

    dependencies = [("inventory", "0012_recalls")]
    operations = [migrations.RunSQL(policy_sql("inventory_recall"), migrations.RunSQL.noop)]
