from django.db import migrations

from packhorse.core.rls import open_sql, policy_sql


class Migration(migrations.Migration):
    """Which devices stand where is no secret; what was sent to them is its client's."""

    dependencies = [("equipment", "0001_initial"), ("core", "0002_walls")]

    operations = [migrations.RunSQL([open_sql("equipment_equipment"), policy_sql("equipment_sending")], migrations.RunSQL.noop)]
