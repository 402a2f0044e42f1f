from django.db import migrations

from packhorse.core.rls import policy_sql, policy_through_sql


class Migration(migrations.Migration):
    """A client's readers see the client's own returns, refunds and tickets."""

    dependencies = [("returns", "0001_initial"), ("core", "0002_walls")]

    operations = [
        migrations.RunSQL(policy_sql("returns_returnpolicy"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("returns_rma"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("returns_rmaline", "rma_id", "returns_rma"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("returns_received", "rma_id", "returns_rma"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("returns_inspection", "rma_id", "returns_rma"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("returns_ticket"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("returns_ticketmessage", "ticket_id", "returns_ticket"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_sql("returns_refund"), migrations.RunSQL.noop),
        migrations.RunSQL(policy_through_sql("returns_adjustedline", "refund_id", "returns_refund"), migrations.RunSQL.noop),
    ]
