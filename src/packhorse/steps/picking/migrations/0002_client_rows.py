from django.db import migrations

from packhorse.core.rls import open_sql, policy_sql


class Migration(migrations.Migration):
    """A client's readers see what was released and picked of their own orders; a walk's own row has nothing of any client in it."""

    dependencies = [("picking", "0001_initial"), ("core", "0002_walls")]

    operations = [migrations.RunSQL([policy_sql("picking_release"), policy_sql("picking_picktask"), open_sql("picking_pickbatch")], migrations.RunSQL.noop)]
