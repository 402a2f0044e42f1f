from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see the client's own files."""

    dependencies = [("files", "0001_initial"), ("core", "0002_walls")]

    operations = [migrations.RunSQL(policy_sql("files_storedfile"), migrations.RunSQL.noop)]
