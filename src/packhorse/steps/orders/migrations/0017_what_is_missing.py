from django.db import migrations, models

#: What a hold kept as a sentence becomes its figures; several items in one sentence stay as they are.
_READ = """
UPDATE orders_hold SET note = '', missing = jsonb_build_object(
  'units', jsonb_build_array(jsonb_build_array((m[1])::bigint, m[2])), 'place', m[3], 'reason', coalesce(m[4], ''))
FROM (SELECT id AS hold, regexp_match(note, '^(\\d+) × ((?:(?! not found at ).)+) not found at (\\S+)(?: \\(([a-z_]+)\\))?$') AS m FROM orders_hold WHERE kind = 'stock') r
WHERE id = r.hold AND m IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0016_gift_rows")]

    operations = [
        migrations.AddField(model_name="hold", name="missing", field=models.JSONField(null=True)),
        migrations.RunSQL(_READ, migrations.RunSQL.noop),
    ]
