from django.db import migrations

from packhorse.core.rls import open_sql


class Migration(migrations.Migration):
    """An advice names no client: sizes and sums over all that a warehouse packed."""

    dependencies = [("packing", "0006_box_advice"), ("core", "0002_walls")]

    operations = [migrations.RunSQL(open_sql("packing_boxadvice"), migrations.RunSQL.noop)]
