from django.db import migrations

from packhorse.core.books import TOUCH


class Migration(migrations.Migration):
    """What notes touched rows no longer puts its statement together each time."""

    dependencies = [("core", "0007_command_of_principal")]

    operations = [migrations.RunSQL(TOUCH, migrations.RunSQL.noop)]
