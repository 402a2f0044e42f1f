from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see what the client's own kits are made of."""

    dependencies = [("catalog", "0005_kits"), ("core", "0002_walls")]
    operations = [migrations.RunSQL(policy_sql("catalog_component"), migrations.RunSQL.noop)]
