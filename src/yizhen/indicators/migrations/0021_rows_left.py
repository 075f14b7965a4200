"""The rows stand in their chunks now. A migration of its own: PostgreSQL alters no table whose rows were just written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0020_rows_in_chunks")]

    operations = [
        migrations.RemoveField("importbatch", "rows"),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("wrong__lte", models.F("size"))), name="batch_has_no_more_errors_than_rows"
            ),
        ),
    ]
