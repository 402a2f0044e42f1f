from django.db import migrations

from packhorse.core.rls import open_sql


class Migration(migrations.Migration):
    dependencies = [("picking", "0007_means")]

    operations = [migrations.RunSQL(open_sql("picking_aislelimit"), migrations.RunSQL.noop)]
