"""The tables of the room."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yizhen.audit.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0004_integrity"),
        ("places", "0030_calendars"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Meeting",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="places.division"
                        ),
                    ),
                    (
                        "sort",
                        models.CharField(
                            choices=[
                                ("study", "理论学习"),
                                ("organisation_life", "组织生活"),
                                ("warning_education", "警示教育"),
                            ],
                            max_length=20,
                            verbose_name="种类",
                        ),
                    ),
                    ("planned_on", models.DateField(verbose_name="计划日期")),
                    ("subject", models.CharField(max_length=120, verbose_name="主题")),
                    (
                        "planned_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("planned_at", models.DateTimeField()),
                    ("held", models.BooleanField(blank=True, null=True)),
                    ("held_on", models.DateField(blank=True, null=True, verbose_name="召开日期")),
                    ("attendees", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="到会人数")),
                    ("reason", models.CharField(blank=True, max_length=200, verbose_name="没开的原因")),
                    (
                        "recorded_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "ordering": ["division", "planned_on", "pk"],
                    "indexes": [models.Index(fields=["division", "planned_on"], name="party_meeti_divisio_7ba374_idx")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("subject", ""), _negated=True), name="meeting_has_its_subject"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("attendees__isnull", True),
                                    ("held__isnull", True),
                                    ("held_on__isnull", True),
                                    ("reason", ""),
                                    ("recorded_by__isnull", True),
                                ),
                                models.Q(
                                    ("attendees__gte", 1),
                                    ("attendees__isnull", False),
                                    ("attendees__lte", 2000),
                                    ("held", True),
                                    ("held_on__isnull", False),
                                    ("reason", ""),
                                    ("recorded_by__isnull", False),
                                ),
                                models.Q(
                                    ("attendees__isnull", True),
                                    ("held", False),
                                    ("held_on__isnull", True),
                                    ("recorded_by__isnull", False),
                                    models.Q(("reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="meeting_is_held_or_says_why_not",
                            violation_error_message="开了的填日期和人数，没开的填原因 · Held with a day and a number, or not held with a reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ResponsibilityItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="responsibility_items",
                            to="places.division",
                        ),
                    ),
                    (
                        "year",
                        models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(2000),
                                django.core.validators.MaxValueValidator(2100),
                            ],
                            verbose_name="年度",
                        ),
                    ),
                    ("what", models.CharField(max_length=200, verbose_name="责任事项")),
                    ("basis", models.CharField(max_length=120, verbose_name="依据")),
                    ("due_on", models.DateField(verbose_name="完成时限")),
                    (
                        "listed_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("listed_at", models.DateTimeField()),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("open", "在办"),
                                ("reported", "已报完成，待核对"),
                                ("checked", "已核对"),
                                ("dropped", "已取消"),
                            ],
                            default="open",
                            max_length=10,
                        ),
                    ),
                    (
                        "evidence",
                        models.CharField(blank=True, max_length=500, verbose_name="佐证（做了什么，材料在哪里）"),
                    ),
                    (
                        "done_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("done_on", models.DateField(blank=True, null=True)),
                    (
                        "checked_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("checked_on", models.DateField(blank=True, null=True)),
                    ("said", models.CharField(blank=True, max_length=300)),
                    ("returned", models.PositiveSmallIntegerField(default=0)),
                ],
                options={
                    "ordering": ["division", "due_on", "pk"],
                    "indexes": [models.Index(fields=["division", "year"], name="party_respo_divisio_9437da_idx")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("what", ""), _negated=True), models.Q(("basis", ""), _negated=True)
                            ),
                            name="item_says_what_and_why",
                            violation_error_message="请写明事项和依据 · State what and on which basis",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["open", "dropped"]),
                                models.Q(
                                    models.Q(("evidence", ""), _negated=True),
                                    ("done_by__isnull", False),
                                    ("done_on__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="item_reported_has_its_evidence",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("checked_by__isnull", True),
                                ("done_by__isnull", True),
                                models.Q(("checked_by", models.F("done_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="item_checked_by_another",
                            violation_error_message="报告完成的人不能核对 · Who reported it does not check it",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "checked"), _negated=True),
                                models.Q(
                                    ("checked_by__isnull", False),
                                    ("checked_on__isnull", False),
                                    models.Q(("said", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="item_checked_has_its_checker",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "dropped"), _negated=True),
                                models.Q(("said", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="item_dropped_says_why",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("year__gte", 2000), ("year__lte", 2100)), name="item_year_is_plausible"
                        ),
                    ],
                },
            ),
        ),
    ]
