from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see what the client's customers were told, the client's words, and alerts about the client's orders."""

    dependencies = [("messaging", "0001_initial"), ("core", "0002_walls")]

    operations = [
        migrations.RunSQL(policy_sql("messaging_message") + policy_sql("messaging_wording") + policy_sql("messaging_alert"), migrations.RunSQL.noop),
    ]
