from django.db import migrations

from packhorse.core.rls import policy_sql

TABLES = ("delivery_delivery", "delivery_trackingevent", "delivery_deliveryexception", "delivery_claim", "delivery_feedback")


class Migration(migrations.Migration):
    """A client's readers see how the client's own parcels travel, what went wrong, and what customers said."""

    dependencies = [("delivery", "0001_initial"), ("core", "0002_walls")]

    operations = [migrations.RunSQL(policy_sql(table), migrations.RunSQL.noop) for table in TABLES]
