from django.db import migrations

from packhorse.core.books import DROP, TABLE


class Migration(migrations.Migration):
    """What was touched since the reconcilers last looked."""

    dependencies = [("core", "0005_archived")]

    operations = [migrations.RunSQL(TABLE, DROP)]
