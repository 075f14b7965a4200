"""Checked rows move into a table of their own; tables of other shapes and what was understood of them are kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CHUNK = 500
VALUES = ("indicator", "division", "period", "numerator", "denominator", "value", "source", "as_of", "note")


def divide(apps, _schema_editor):
    batches, chunks = (apps.get_model("indicators", name) for name in ("ImportBatch", "BatchChunk"))
    for batch in batches.objects.order_by("pk").iterator(chunk_size=1):
        for wrong in (True, False):
            rows = [row for row in batch.rows if bool(row["errors"]) == wrong]
            for first in range(0, len(rows), CHUNK):
                kept = [[row["number"], "", row["errors"], *map(row["values"].get, VALUES)] for row in rows[first : first + CHUNK]]
                chunks.objects.create(batch=batch, wrong=wrong, first=first, rows=kept)
        batch.size, batch.wrong = len(batch.rows), sum(bool(row["errors"]) for row in batch.rows)
        batch.save(update_fields=["size", "wrong"])


def join(apps, _schema_editor):
    for batch in apps.get_model("indicators", "ImportBatch").objects.order_by("pk").iterator(chunk_size=1):
        rows = sorted((row for chunk in batch.chunks.order_by("first") for row in chunk.rows), key=lambda row: row[0])
        batch.rows = [{"number": row[0], "errors": row[2], "values": dict(zip(VALUES, row[3:]))} for row in rows]
        batch.save(update_fields=["rows"])


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("indicators", "0006_neighbours"),
        ("people", "0001_initial"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="UploadedTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("choices", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.CreateModel(
            name="ImportMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=64)),
                ("content", models.JSONField()),
                ("used_at", models.DateTimeField(auto_now=True)),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("scope", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division")),
                ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit")),
            ],
            options={"ordering": ["-used_at"]},
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.UniqueConstraint(fields=("fingerprint", "scope", "unit"), name="mapping_of_a_shape_is_one_per_unit"),
        ),
        migrations.AddConstraint(
            model_name="importmapping",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unit__isnull", True)), fields=("fingerprint", "scope"), name="mapping_of_a_shape_is_one_per_place"
            ),
        ),
        migrations.CreateModel(
            name="BatchChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wrong", models.BooleanField()),
                ("first", models.IntegerField()),
                ("rows", models.JSONField()),
                ("batch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="indicators.importbatch")),
            ],
            options={"ordering": ["batch", "-wrong", "first"]},
        ),
        migrations.AddConstraint(
            model_name="batchchunk",
            constraint=models.UniqueConstraint(fields=("batch", "wrong", "first"), name="chunk_begins_where_no_other_does"),
        ),
        migrations.AddField("importbatch", "size", models.PositiveIntegerField(default=0)),
        migrations.AddField("importbatch", "wrong", models.PositiveIntegerField(default=0)),
        migrations.AddField("importbatch", "counts", models.JSONField(default=dict)),
        migrations.AddField(
            "importbatch",
            "table",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="batches", to="indicators.uploadedtable"),
        ),
        migrations.RunPython(divide, join),
    ]
