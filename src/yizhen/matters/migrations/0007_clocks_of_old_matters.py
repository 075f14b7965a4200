"""Matters that were opened before clocks had rows of their own get theirs."""

from django.db import migrations

FIRST = {"resident_request": "received", "common_problem": "assigned"}


def give(apps, schema_editor):
    """One clock each: the one whose derivation the matter carries, stopped on the day on which it was done."""
    Matter, MatterClock = apps.get_model("matters", "Matter"), apps.get_model("matters", "MatterClock")
    for matter in Matter.objects.filter(clocks__isnull=True).iterator():
        stopped = matter.done_on or (matter.opened_at.date() if matter.state == "withdrawn" else None)
        started = matter.clock["start"]
        MatterClock.objects.create(
            matter=matter,
            code=FIRST.get(matter.kind, "order"),
            started_on=started,
            due_on=matter.due_on,
            derivation=matter.clock,
            stopped_on=stopped and max(str(stopped), started),
        )


class Migration(migrations.Migration):

    dependencies = [("matters", "0006_whole_lifecycle")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
