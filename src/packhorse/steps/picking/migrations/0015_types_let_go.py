from django.db import migrations, models
from django.db.models.deletion import SET_NULL


class Migration(migrations.Migration):
    dependencies = [("picking", "0014_wall_rows")]

    operations = [
        migrations.AlterField(model_name="pickbatch", name="cart_type", field=models.ForeignKey(null=True, on_delete=SET_NULL, to="picking.carttype")),
        migrations.AlterField(model_name="longplan", name="cart_type", field=models.ForeignKey(db_index=False, null=True, on_delete=SET_NULL, to="picking.carttype")),
    ]
