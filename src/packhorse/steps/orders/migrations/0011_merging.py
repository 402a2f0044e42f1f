from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # indexes of large tables are made beside the work: see docs/architecture/large-tables.md

    dependencies = [
        ('catalog', '0006_component_rows'),
        ('orders', '0010_to_release'),
        ('warehouse', '0003_client_rows'),
    ]

    operations = [
        migrations.AlterField(
            model_name='change',
            name='kind',
            field=models.CharField(choices=[('cancel', 'Cancel'), ('edit', 'Edit'), ('split', 'Split'), ('merge', 'Merge'), ('move', 'Move')], max_length=8),
        ),
        AddIndexConcurrently(
            model_name='fulfillmentorder',
            index=models.Index(condition=models.Q(('stage__in', ('shipped', 'delivered', 'cancelled', 'merged')), _negated=True), fields=['ship_by', 'id'], name='fo_in_house'),
        ),
        RemoveIndexConcurrently(
            model_name='fulfillmentorder',
            name='fo_under_way',
        ),
    ]
