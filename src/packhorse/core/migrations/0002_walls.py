"""The database role that clients' readers act as, and what core opens to it."""

from django.db import migrations

from packhorse.core.rls import ROLE_SQL, open_sql, policy_sql


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(ROLE_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("core_journal"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("core_setting", shared=True), migrations.RunSQL.noop),
        migrations.RunSQL(open_sql("core_saved_view", "core_bulk_run", "core_scanner_run"), migrations.RunSQL.noop),
    ]
