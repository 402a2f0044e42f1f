from django.db import migrations

from packhorse.core.rls import policy_sql, policy_through_sql


class Migration(migrations.Migration):
    """A client's readers see the house's materials and their own, what their parcels used, and how their items are packed."""

    dependencies = [("packing", "0004_materials"), ("core", "0002_walls")]

    operations = [
        migrations.RunSQL(
            [
                policy_sql("packing_material", shared=True),
                policy_sql("packing_materialrule", shared=True),
                policy_through_sql("packing_materialstock", "material_id", "packing_material"),
                policy_through_sql("packing_materialmove", "material_id", "packing_material"),
                policy_sql("packing_parcelmaterial"),
                policy_sql("packing_procedure"),
            ],
            migrations.RunSQL.noop,
        )
    ]
