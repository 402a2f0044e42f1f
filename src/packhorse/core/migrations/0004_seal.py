from django.db import migrations

from packhorse.core.partitions import SEAL


class Migration(migrations.Migration):
    """Partitions of closed months take no more rows."""

    dependencies = [("core", "0003_list_columns")]
    operations = [migrations.RunSQL(SEAL, "DROP FUNCTION packhorse_seal; DROP FUNCTION packhorse_sealed CASCADE")]
