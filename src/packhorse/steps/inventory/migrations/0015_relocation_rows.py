from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see the pick faces and relocations of the client's own items."""

    dependencies = [("inventory", "0014_relocations")]
    operations = [
        migrations.RunSQL(policy_sql("inventory_pickface"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("inventory_relocation"), migrations.RunSQL.noop),
    ]
