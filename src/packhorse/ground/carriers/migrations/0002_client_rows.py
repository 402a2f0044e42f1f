from django.db import migrations

from packhorse.core.rls import open_sql


class Migration(migrations.Migration):
    """Transit times name no client: open to clients."""

    dependencies = [("carriers", "0001_initial"), ("core", "0002_walls")]

    operations = [migrations.RunSQL(open_sql("carriers_transit"), migrations.RunSQL.noop)]
