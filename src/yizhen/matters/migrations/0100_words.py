"""The search index. On SQLite its large table keeps its rows in the primary key, which halves it."""

from itertools import islice

import django.db.models.deletion
from django.db import migrations, models

from yizhen.matters.grams_table import CreateGrams
from yizhen.matters.kinds import KINDS
from yizhen.matters.words import grams_of, joined

def index(apps, schema_editor):
    """Index the matters that there are."""
    Matter, Words, Gram = (apps.get_model("matters", name) for name in ("Matter", "MatterWords", "MatterGram"))
    Kind = apps.get_model("matters", "FrozenKind")
    sealed = {kind.digest for kind in Kind.objects.all() if kind.spec.get("sealed")}
    fields = ("pk", "number", "division__name_zh", "title", "text", "frozen_id", "kind")
    everything = Matter.objects.order_by("pk").values_list(*fields).iterator(500)
    while some := list(islice(everything, 500)):
        made = []
        for pk, number, place, title, text, frozen, kind in some:
            hidden = frozen in sealed if frozen else KINDS[kind].sealed
            made.append(Words(matter_id=pk, text=joined((number, place) if hidden else (number, place, title, text))))
        Words.objects.bulk_create(made)
        rows = sorted((gram, words.matter_id) for words in made for gram in grams_of(words.text))
        Gram.objects.bulk_create(Gram(gram=gram, matter_id=matter) for gram, matter in rows)


class Migration(migrations.Migration):

    dependencies = [("matters", "0090_signals")]
    operations = [
        migrations.CreateModel(
            name="MatterWords",
            fields=[
                ("matter", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="words", serialize=False, to="matters.matter")),
                ("text", models.TextField()),
            ],
            options={"verbose_name_plural": "matter words"},
        ),
        CreateGrams(
            name="MatterGram",
            fields=[
                ("pk", models.CompositePrimaryKey("gram", "matter_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("gram", models.BigIntegerField()),
                ("matter", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="matters.matter")),
            ],
        ),
        migrations.RunPython(index, migrations.RunPython.noop),
    ]  # fmt: skip
