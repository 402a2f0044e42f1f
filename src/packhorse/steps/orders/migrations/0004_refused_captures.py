from django.db import migrations, models

# What was asked for anew before this column was there: a later capture, asked once the refusal was known.
_REPLACED = """
UPDATE orders_paymentrequest r SET replaced_at = x.at FROM (
  SELECT r.id, min(c.asked_at) AS at FROM orders_paymentrequest r
  JOIN orders_paymentrequest c ON c.order_id = r.order_id AND c.kind = 'capture' AND c.id > r.id AND c.asked_at >= r.answered_at
    AND (c.cause_kind, c.cause_id) IS DISTINCT FROM (r.cause_kind, r.cause_id)
  WHERE r.kind = 'capture' AND r.error <> '' GROUP BY 1
) x WHERE r.id = x.id
"""


class Migration(migrations.Migration):
    """A refused capture is missing until it is asked for anew."""

    dependencies = [("orders", "0003_touched")]

    operations = [
        migrations.AddField(model_name="paymentrequest", name="replaced_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(_REPLACED, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="paymentrequest",
            index=models.Index(
                fields=["order"],
                name="capture_refused",
                condition=models.Q(kind="capture", replaced_at__isnull=True) & ~models.Q(error=""),
            ),
        ),
    ]
