from django.db import migrations

from packhorse.core.rls import policy_sql


class Migration(migrations.Migration):
    """A client's readers see their own parcels and what is in them."""

    dependencies = [("packing", "0001_initial"), ("core", "0002_walls")]

    operations = [migrations.RunSQL([policy_sql("packing_parcel"), policy_sql("packing_parcelline")], migrations.RunSQL.noop)]
