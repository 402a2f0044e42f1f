from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_component_rows")]

    operations = [
        migrations.AddConstraint("item", models.UniqueConstraint(fields=("id", "client"), name="item_of_client")),
    ]
