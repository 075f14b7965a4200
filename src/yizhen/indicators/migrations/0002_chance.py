"""Which figures have chance in them: the shares of cases in the catalogue that every site was founded with."""

from django.db import migrations, models

SHARES = ["D09", "L05", "L09", "L10", "S01", "S03", "S04", "S05", "S06", "S07", "S08", "P01", "P02"]


def say(apps, _schema_editor):
    apps.get_model("indicators", "Indicator").objects.filter(code__in=SHARES, per=100).update(chance="share")


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="chance",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "没有偶然（存量、金额、增速）"),
                    ("share", "一部分中的多少（办结率、达标率）"),
                    ("events", "发生了多少次（事故、病例）"),
                ],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.RunPython(say, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("chance", ""),
                    models.Q(("chance", "share"), ("per", 100)),
                    models.Q(("chance", "events"), ("per__gt", 0)),
                    _connector="OR",
                ),
                name="indicator_of_chance_is_a_ratio",
                violation_error_message="只有比率才有偶然：占比的乘数是 100，次数的乘数大于 0 · "
                "Only ratios have chance in them: 100 for shares, above 0 for events",
            ),
        ),
    ]
